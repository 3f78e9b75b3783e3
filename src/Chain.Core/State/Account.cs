using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;

namespace Chain.Core.State;

/// <summary>An account as the state trie stores it (Yellow Paper, section 4.1).</summary>
/// <param name="Nonce">Transactions sent, or contracts created by a contract.</param>
/// <param name="Balance">Balance in wei.</param>
/// <param name="CodeHash">Keccak-256 of the code; <see cref="Keccak256.EmptyHash"/> without code.</param>
/// <param name="StorageRoot">Root of the storage trie; <see cref="EmptyTrieRoot"/> without storage.</param>
public readonly record struct Account(ulong Nonce, UInt256 Balance, Hash256 CodeHash, Hash256 StorageRoot)
{
    /// <summary>Root of a trie without entries: keccak256(rlp("")).</summary>
    public static readonly Hash256 EmptyTrieRoot = Hash256.Parse("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");

    /// <summary>An account with nothing in it.</summary>
    public static readonly Account Empty = new(0, UInt256.Zero, Keccak256.EmptyHash, EmptyTrieRoot);

    /// <summary>True when the account has code.</summary>
    public bool HasCode => CodeHash != Keccak256.EmptyHash;

    /// <summary>True when the account has storage (matters for address collisions, EIP-7610).</summary>
    public bool HasStorage => StorageRoot != EmptyTrieRoot;

    /// <summary>Empty in the sense of EIP-161: no nonce, no balance, no code.</summary>
    public bool IsEmpty => Nonce == 0 && Balance.IsZero && !HasCode;
}
