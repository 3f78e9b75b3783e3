using Chain.Core.Primitives;

namespace Chain.Evm.Precompiles;

/// <summary>The native contracts active in a block, by address. Immutable; made once per fork and module configuration.</summary>
public sealed class PrecompileSet
{
    private readonly Dictionary<Address, INativeContract> _byAddress;

    /// <summary>A set of these contracts; addresses must differ.</summary>
    public PrecompileSet(IEnumerable<INativeContract> contracts)
        : this(contracts.Select(c => (c.Address, c)))
    {
    }

    private PrecompileSet(IEnumerable<(Address Address, INativeContract Contract)> placed)
    {
        _byAddress = placed.ToDictionary(p => p.Address, p => p.Contract);
        Addresses = [.. _byAddress.Keys.Order()];
    }

    /// <summary>No native contracts.</summary>
    public static PrecompileSet Empty { get; } = new(Array.Empty<INativeContract>());

    /// <summary>All addresses, in order: warm from the start of every transaction (EIP-2929).</summary>
    public IReadOnlyList<Address> Addresses { get; }

    /// <summary>All contracts.</summary>
    public IEnumerable<INativeContract> Contracts => _byAddress.Values;

    /// <summary>The set with contracts moved to other addresses, or taken away where the new address is null (simulations).</summary>
    public PrecompileSet Relocate(IReadOnlyDictionary<Address, Address?> moves)
    {
        Dictionary<Address, INativeContract> relocated = new(_byAddress);
        foreach (Address from in moves.Keys) relocated.Remove(from);
        foreach ((Address from, Address? to) in moves)
        {
            if (to is { } target && _byAddress.TryGetValue(from, out INativeContract? contract)) relocated[target] = contract;
        }
        return new PrecompileSet(relocated.Select(p => (p.Key, p.Value)));
    }

    /// <summary>The contract at an address.</summary>
    public bool TryGet(in Address address, out INativeContract contract) => _byAddress.TryGetValue(address, out contract!);
}
