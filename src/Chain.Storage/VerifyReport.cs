namespace Chain.Storage;

/// <summary>What a verification looked at and found.</summary>
/// <param name="Accounts">Accounts compared.</param>
/// <param name="Slots">Storage slots compared.</param>
/// <param name="Codes">Codes hashed.</param>
/// <param name="TrieNodes">Trie nodes reached from the root, each with the hash its parent names.</param>
/// <param name="Blocks">Blocks checked.</param>
/// <param name="Difference">The first difference, as a clause that names the key and both values; null when there is none.</param>
/// <param name="WasCancelled">True when it stopped before the end.</param>
public sealed record VerifyReport(long Accounts, long Slots, long Codes, long TrieNodes, long Blocks, string? Difference, bool WasCancelled);
