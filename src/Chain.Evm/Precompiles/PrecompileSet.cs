using Chain.Core.Primitives;

namespace Chain.Evm.Precompiles;

/// <summary>The native contracts active in a block, by address. Immutable; made once per fork and module configuration.</summary>
public sealed class PrecompileSet
{
    private readonly Dictionary<Address, INativeContract> _byAddress;
    private readonly HashSet<Address> _warm;

    /// <summary>A set of these contracts; addresses must differ.</summary>
    public PrecompileSet(IEnumerable<INativeContract> contracts)
        : this(contracts.ToDictionary(c => c.Address), null)
    {
    }

    private PrecompileSet(Dictionary<Address, INativeContract> placed, HashSet<Address>? warm)
    {
        _byAddress = placed;
        _warm = warm ?? [.. placed.Keys];
        Addresses = [.. _warm.Order()];
    }

    /// <summary>No native contracts.</summary>
    public static PrecompileSet Empty { get; } = new(Array.Empty<INativeContract>());

    /// <summary>All addresses, in order: warm from the start of every transaction (EIP-2929).</summary>
    public IReadOnlyList<Address> Addresses { get; }

    /// <summary>All contracts.</summary>
    public IEnumerable<INativeContract> Contracts => _byAddress.Values;

    /// <summary>True when contracts were moved, added or taken away, so that the warm addresses are not those of the contracts.</summary>
    public bool IsRelocated { get; private init; }

    /// <summary>True when the address is warm from the start of every transaction.</summary>
    public bool IsWarm(in Address address) => _warm.Contains(address);

    /// <summary>
    /// The set with contracts moved to other addresses, or taken away where the new address is null (simulations). What is warm stays as it was: moving changes behaviour,
    /// not prices, as in go-ethereum.
    /// </summary>
    public PrecompileSet Relocate(IReadOnlyDictionary<Address, Address?> moves)
    {
        Dictionary<Address, INativeContract> relocated = new(_byAddress);
        foreach (Address from in moves.Keys) relocated.Remove(from);
        foreach ((Address from, Address? to) in moves)
        {
            if (to is { } target && _byAddress.TryGetValue(from, out INativeContract? contract)) relocated[target] = contract;
        }
        return new PrecompileSet(relocated, _warm) { IsRelocated = true };
    }

    /// <summary>The set and one more contract, which is no part of the protocol (a tool's): its address is as cold as any account's.</summary>
    public PrecompileSet WithCold(INativeContract contract) =>
        new(new Dictionary<Address, INativeContract>(_byAddress) { [contract.Address] = contract }, _warm) { IsRelocated = true };

    /// <summary>The contract at an address.</summary>
    public bool TryGet(in Address address, out INativeContract contract) => _byAddress.TryGetValue(address, out contract!);
}
