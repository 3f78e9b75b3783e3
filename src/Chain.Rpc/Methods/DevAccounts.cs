using Chain.Core.Crypto;
using Chain.Core.Primitives;

namespace Chain.Rpc.Methods;

/// <summary>The accounts whose keys the node holds: those of a development chain, none elsewhere.</summary>
public sealed class DevAccounts
{
    private readonly Dictionary<Address, byte[]> _keys = [];

    /// <summary>Accounts by their private keys, in order.</summary>
    /// <exception cref="ArgumentException">Not a private key.</exception>
    public DevAccounts(IEnumerable<byte[]> privateKeys)
    {
        List<Address> addresses = [];
        Span<byte> publicKey = stackalloc byte[Secp256k1.PublicKeySizeBytes];
        foreach (byte[] key in privateKeys)
        {
            if (!Secp256k1.TryGetPublicKey(key, publicKey)) throw new ArgumentException("A private key has 32 bytes and a value from 1 to n - 1.", nameof(privateKeys));
            Address address = Secp256k1.AddressOf(publicKey);
            addresses.Add(address);
            _keys[address] = key;
        }
        Addresses = addresses;
    }

    /// <summary>No accounts.</summary>
    public static DevAccounts None { get; } = new([]);

    /// <summary>Addresses, in order.</summary>
    public IReadOnlyList<Address> Addresses { get; }

    /// <summary>The private key of an account.</summary>
    public bool TryGetKey(in Address address, out byte[] key) => _keys.TryGetValue(address, out key!);
}
