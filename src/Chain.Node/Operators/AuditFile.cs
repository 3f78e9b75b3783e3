using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Audit;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Rlp;
using Chain.Trie;

namespace Chain.Node.Operators;

/// <summary>What a verified file proves.</summary>
/// <param name="ChainId">Chain that the file names; proved by nothing.</param>
/// <param name="Anchor">Block that the file names.</param>
/// <param name="StateRoot">State root in which the log's root is proved.</param>
/// <param name="Entries">Entries proved.</param>
/// <param name="Blocks">Blocks that they are of.</param>
/// <param name="LogEntries">Entries of the whole log at the anchor.</param>
/// <param name="LogBlocks">Blocks with entries of the whole log at the anchor.</param>
/// <param name="IsGapless">True when no entry between the first and the last is missing.</param>
internal sealed record AuditVerdict(ulong ChainId, ulong Anchor, Hash256 StateRoot, ulong Entries, ulong Blocks, ulong LogEntries, ulong LogBlocks, bool IsGapless)
{
    /// <summary>True when the file holds the whole log.</summary>
    public bool IsComplete => IsGapless && Entries == LogEntries && Blocks == LogBlocks;
}

/// <summary>
/// A file of audit entries with proofs: a first line with the anchor block and the state proof of the log's counts and root (slots S+0 and S+1), then a line for each entry as
/// audit_getProof answers, without that state proof (compliance specification, section 5).
/// </summary>
internal static class AuditFile
{
    /// <summary>Name of the format, in the first line.</summary>
    public const string Format = "defactor-audit-1";

    /// <summary>Longest line, characters.</summary>
    private const int LineCharsMax = 1 << 20;

    /// <summary>Checks a whole file; the first thing that does not hold is the user's error.</summary>
    public static AuditVerdict Verify(string file, Action<int> progress, CancellationToken cancellation)
    {
        int number = 0;
        try
        {
            using StreamReader lines = new(file);
            number = 1;
            JsonNode header = Parse(lines.ReadLine());
            if ((string?)header["format"] != Format) throw new UserException($"'{file}' is no export of an audit log.");
            Hash256 stateRoot = Hash256.Parse((string)header["stateRoot"]!);
            (UInt256 counts, Hash256 root) = ProvedWords(file, header["proof"]!, stateRoot);
            AuditWord log = AuditWord.Unpack(counts);
            Sequence sequence = new();
            for (string? line = lines.ReadLine(); line is not null; line = lines.ReadLine())
            {
                number++;
                cancellation.ThrowIfCancellationRequested();
                JsonNode json = Parse(line);
                AuditProof proof = ReadProof(json);
                if (!proof.Verify(root)) throw new UserException($"{file}, line {number}: the entry is not in the log: its proof does not lead to the proved root {root}.");
                sequence.Add(proof);
                progress(number - 1);
            }
            return new AuditVerdict(
                NodeClient.Number(header["chainId"]), NodeClient.Number(header["blockNumber"]), stateRoot, sequence.Entries, sequence.Blocks, log.EntryCount, log.LeafCount, sequence.IsGapless);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"'{file}' cannot be read: check its path and permissions.");
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or NullReferenceException or InvalidDataException)
        {
            throw new UserException($"{file}, line {number}: the line is damaged.");
        }
    }

    private static JsonNode Parse(string? line) => line is { Length: <= LineCharsMax } ? JsonNode.Parse(line) ?? throw new JsonException() : throw new JsonException();

    private static AuditProof ReadProof(JsonNode json)
    {
        byte[] entry = Hex.Decode((string)json["entry"]!);
        // The block is what the entry says, not what stands beside it.
        ulong block = entry.Length == AuditEntry.SizeBytes ? UInt256.FromBigEndian(entry.AsSpan(UInt256.SizeBytes, UInt256.SizeBytes)).U0 : 0;
        return new AuditProof(
            entry, block, checked((uint)NodeClient.Number(json["entryIndex"])), checked((uint)NodeClient.Number(json["entryCount"])), Path(json["blockPath"]!),
            NodeClient.Number(json["leafIndex"]), Path(json["globalPath"]!));
    }

    private static Hash256[] Path(JsonNode json) => [.. json.AsArray().Select(n => Hash256.Parse((string)n!))];

    /// <summary>The values of S+0 and S+1, proved from a state root by nothing but the proof's bytes.</summary>
    private static (UInt256 Counts, Hash256 Root) ProvedWords(string file, JsonNode proof, in Hash256 stateRoot)
    {
        byte[] accountKey = Keccak256.Hash(ModuleAddresses.Audit.Bytes).Bytes.ToArray();
        bool isProved = Proof.Verify(stateRoot, accountKey, Nodes(proof["accountProof"]!), out ReadOnlyMemory<byte> account) == ProofResult.Included;
        if (!isProved) throw new UserException($"{file}, line 1: the account of the audit log is not proved in state root {stateRoot}.");
        Hash256 storageRoot = StorageRootOf(account.Span);
        UInt256 Word(int index, UInt256 slot)
        {
            byte[] key = Keccak256.Hash(slot.ToBigEndian()).Bytes.ToArray();
            ProofResult result = Proof.Verify(storageRoot, key, Nodes(proof["storageProof"]![index]!["proof"]!), out ReadOnlyMemory<byte> value);
            if (result == ProofResult.Absent) return UInt256.Zero;
            if (result != ProofResult.Included) throw new UserException($"{file}, line 1: slot {slot} of the audit log is not proved.");
            RlpReader reader = new(value.Span);
            return reader.ReadUInt256();
        }
        return (Word(0, AuditLayout.State), AbiWords.ToHash(Word(1, AuditLayout.Root)));
    }

    private static Hash256 StorageRootOf(ReadOnlySpan<byte> account)
    {
        RlpReader reader = new(account);
        reader.EnterList();
        reader.ReadUInt64();
        reader.ReadUInt256();
        return reader.ReadHash();
    }

    private static ReadOnlyMemory<byte>[] Nodes(JsonNode json) => [.. json.AsArray().Select(n => (ReadOnlyMemory<byte>)Hex.Decode((string)n!))];

    /// <summary>Follows the places of the entries: blocks one after another, each from its first entry to its last.</summary>
    private sealed class Sequence
    {
        private AuditProof? _last;

        public ulong Entries { get; private set; }

        public ulong Blocks { get; private set; }

        public bool IsGapless { get; private set; } = true;

        public void Add(AuditProof next)
        {
            Entries++;
            bool isSameBlock = _last is { } last && next.LeafIndex == last.LeafIndex;
            if (!isSameBlock) Blocks++;
            IsGapless &= _last is null
                ? next.EntryIndex == 0
                : isSameBlock
                    ? next.EntryIndex == _last.EntryIndex + 1
                    : next.EntryIndex == 0 && next.LeafIndex == _last.LeafIndex + 1 && _last.EntryIndex == _last.EntryCount - 1;
            _last = next;
        }
    }
}
