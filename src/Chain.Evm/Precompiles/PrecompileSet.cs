using Chain.Core.Primitives;

namespace Chain.Evm.Precompiles;

/// <summary>The native contracts active in a block, by address. Immutable; made once per fork and module configuration.</summary>
public sealed class PrecompileSet
{
    private readonly Dictionary<Address, INativeContract> _byAddress;

    /// <summary>A set of these contracts; addresses must differ.</summary>
    public PrecompileSet(IEnumerable<INativeContract> contracts)
    {
        _byAddress = contracts.ToDictionary(c => c.Address);
        Addresses = [.. _byAddress.Keys.Order()];
    }

    /// <summary>No native contracts.</summary>
    public static PrecompileSet Empty { get; } = new([]);

    /// <summary>All addresses, in order: warm from the start of every transaction (EIP-2929).</summary>
    public IReadOnlyList<Address> Addresses { get; }

    /// <summary>All contracts.</summary>
    public IEnumerable<INativeContract> Contracts => _byAddress.Values;

    /// <summary>The contract at an address.</summary>
    public bool TryGet(in Address address, out INativeContract contract) => _byAddress.TryGetValue(address, out contract!);
}
