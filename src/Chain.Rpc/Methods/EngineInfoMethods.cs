using System.Reflection;
using System.Text.Json;
using Chain.Consensus.Pool;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Rpc.Engine;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>engine</c>: bodies, blobs, and what the two clients tell of themselves.</summary>
/// <param name="chain">The chain.</param>
/// <param name="clientVersion">Name, version and platform of the node.</param>
/// <param name="warn">Receives one sentence when the two clients disagree.</param>
public sealed class EngineInfoMethods(RpcChain chain, string clientVersion, Action<string> warn)
{
    private const int BodiesMax = 1_024;
    private const int BlobsMax = 128;

    private int _isWarned;

    /// <summary>The table the methods are served from; set once it is built.</summary>
    public RpcMethodTable? Table { get; set; }

    /// <summary>Bodies of blocks; null for each that is not here.</summary>
    [RpcMethod("engine_getPayloadBodiesByHashV1", Heavy = true, Example = """[["{head}","{zero}"]]""", Faults = RpcFaults.Engine, Result = "PayloadBody?[]")]
    public RpcResult<IJsonWritable> GetPayloadBodiesByHash([RpcParameter("Array of block hashes")] Hash256[] hashes)
    {
        if (hashes.Length > BodiesMax) return EngineErrors.TooLarge((ulong)hashes.Length, BodiesMax);
        return new ListJson([.. hashes.Select(hash => chain.Blocks.GetBlock(hash) is { } block ? new PayloadBodyJson(block) : null)]);
    }

    /// <summary>Bodies of canonical blocks, up to the head.</summary>
    [RpcMethod("engine_getPayloadBodiesByRangeV1", Heavy = true, Example = """["0x1","0x2"]""", Faults = RpcFaults.Engine, Result = "PayloadBody?[]")]
    public RpcResult<IJsonWritable> GetPayloadBodiesByRange([RpcParameter("Starting block number")] ulong start, [RpcParameter("Number of blocks to return")] ulong count)
    {
        if (start == 0 || count == 0) return RpcError.InvalidParams($"start {start} and count {count} must be 1 or more");
        if (count > BodiesMax) return EngineErrors.TooLarge(count, BodiesMax);
        ulong head = chain.HeadNumber;
        List<IJsonWritable?> bodies = [];
        for (ulong number = start; number <= head && number - start < count; number++) bodies.Add(chain.Blocks.GetBlock(number) is { } block ? new PayloadBodyJson(block) : null);
        return new ListJson(bodies);
    }

    /// <summary>Blobs of the pool with their proofs; null for each that is not here (Cancun).</summary>
    [RpcMethod("engine_getBlobsV1", Heavy = true, Example = """[["0x01000000000000000000000000000000000000000000000000000000000000aa"]]""", Faults = RpcFaults.Engine, Result = "{blob: Data, proof: Bytes48}?[]")]
    public RpcResult<IJsonWritable> GetBlobsV1([RpcParameter("Blob versioned hashes")] Hash256[] hashes)
    {
        if (chain.Manager.Contexts.RulesOf(chain.Manager.Head).Fork >= Fork.Osaka) return EngineErrors.UnsupportedFork;
        if (hashes.Length > BlobsMax) return EngineErrors.TooLarge((ulong)hashes.Length, BlobsMax);
        return new ListJson([.. hashes.Select(hash => Find(hash, version: 0))]);
    }

    /// <summary>Blobs of the pool with their cell proofs, or null when one is not here (Osaka).</summary>
    [RpcMethod("engine_getBlobsV2", Heavy = true, Example = """[["0x01000000000000000000000000000000000000000000000000000000000000aa"]]""", Faults = RpcFaults.Engine, Result = "{blob: Data, proofs: Bytes48[]}[]?")]
    public RpcResult<IJsonWritable> GetBlobsV2([RpcParameter("Blob versioned hashes")] Hash256[] hashes)
    {
        if (hashes.Length > BlobsMax) return EngineErrors.TooLarge((ulong)hashes.Length, BlobsMax);
        List<IJsonWritable?> blobs = [.. hashes.Select(hash => Find(hash, version: 1))];
        return new ListJson(blobs.Contains(null) ? null : blobs);
    }

    /// <summary>Blobs of the pool with their cell proofs; null for each that is not here (Osaka).</summary>
    [RpcMethod("engine_getBlobsV3", Heavy = true, Example = """[["0x01000000000000000000000000000000000000000000000000000000000000aa"]]""", Faults = RpcFaults.Engine, Result = "{blob: Data, proofs: Bytes48[]}?[]?")]
    public RpcResult<IJsonWritable> GetBlobsV3([RpcParameter("Blob versioned hashes")] Hash256[] hashes)
    {
        if (hashes.Length > BlobsMax) return EngineErrors.TooLarge((ulong)hashes.Length, BlobsMax);
        return new ListJson([.. hashes.Select(hash => Find(hash, version: 1))]);
    }

    /// <summary>Methods served, this one left out.</summary>
    [RpcMethod("engine_exchangeCapabilities", Example = """[["engine_newPayloadV4"]]""", Result = "String[]")]
    public IJsonWritable ExchangeCapabilities([RpcParameter("Consensus client methods")] string[] theirs)
    {
        _ = theirs;
        return new NamesJson([.. (Table?.Names ?? []).Where(name => name.StartsWith("engine_", StringComparison.Ordinal) && name != "engine_exchangeCapabilities").Order(StringComparer.Ordinal)]);
    }

    /// <summary>Who we are.</summary>
    [RpcMethod("engine_getClientVersionV1", Example = """[{"code":"LH","name":"Lighthouse","version":"v1.0.0","commit":"0x00000000"}]""", Result = "ClientVersion[]", Volatile = true)]
    public RpcResult<IJsonWritable> GetClientVersion([RpcParameter("Client version")] JsonElement theirs) =>
        theirs.ValueKind == JsonValueKind.Object ? new ClientJson(clientVersion) : RpcError.InvalidArgument(0, HexReader.WrongKind(theirs, "client version object"));

    /// <summary>Where the merge is (deprecated; older clients ask). A client that has it elsewhere is told of in the log, once.</summary>
    [RpcMethod("engine_exchangeTransitionConfigurationV1", Example = """[{"terminalTotalDifficulty":"0x0","terminalBlockHash":"0x0000000000000000000000000000000000000000000000000000000000000000","terminalBlockNumber":"0x0"}]""", Result = "TransitionConfiguration")]
    public RpcResult<IJsonWritable> ExchangeTransitionConfiguration([RpcParameter("Consensus client configuration")] JsonElement theirs)
    {
        if (theirs.ValueKind != JsonValueKind.Object) return RpcError.InvalidArgument(0, HexReader.WrongKind(theirs, "transition configuration object"));
        ObjectReader reader = new(theirs, "transition configuration");
        UInt256? difficulty = reader.Value<UInt256>("terminalTotalDifficulty"u8);
        Hash256? hash = reader.Value<Hash256>("terminalBlockHash"u8);
        if (reader.Error is { } error) return RpcError.InvalidArgument(0, error);
        bool differs = (difficulty is { } theirDifficulty && theirDifficulty != TerminalTotalDifficulty) || (hash is { } theirHash && !theirHash.IsZero);
        if (differs && Interlocked.Exchange(ref _isWarned, 1) == 0)
            warn($"The consensus client is configured for another merge: terminal total difficulty {difficulty}, block {hash}; here it is {TerminalTotalDifficulty}, block {Hash256.Zero}. Give both the same genesis.");
        return new TransitionJson(TerminalTotalDifficulty);
    }

    /// <summary>Where none is set, the value that the specification has for a merge not decided.</summary>
    private UInt256 TerminalTotalDifficulty =>
        chain.Manager.Spec.TerminalTotalDifficulty ?? (chain.Manager.Spec.IsMergedAtGenesis ? UInt256.Zero : UInt256.MaxValue - (UInt256)1_023);

    private BlobJson? Find(in Hash256 hash, byte version)
    {
        if (!chain.Pool.TryGetBlob(hash, out PooledTransaction pooled, out int index) || pooled.Sidecar is not { } sidecar || sidecar.Version != version) return null;
        return new BlobJson(sidecar, index);
    }

    private sealed record BlobJson(BlobSidecar Sidecar, int Index) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteData("blob"u8, Sidecar.Blobs[Index].Span);
            if (Sidecar.Version == 0)
            {
                writer.WriteData("proof"u8, Sidecar.Proofs[Index].Span);
            }
            else
            {
                writer.WriteStartArray("proofs"u8);
                for (int i = 0; i < BlobSidecar.CellsPerBlob; i++) writer.WriteDataValue(Sidecar.Proofs[(Index * BlobSidecar.CellsPerBlob) + i].Span);
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
    }

    private sealed record ListJson(IReadOnlyList<IJsonWritable?>? Items) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            if (Items is null)
            {
                writer.WriteNullValue();
                return;
            }
            writer.WriteStartArray();
            foreach (IJsonWritable? item in Items)
            {
                if (item is null) writer.WriteNullValue();
                else item.WriteTo(writer);
            }
            writer.WriteEndArray();
        }
    }

    private sealed record NamesJson(IReadOnlyList<string> Names) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartArray();
            foreach (string name in Names) writer.WriteStringValue(name);
            writer.WriteEndArray();
        }
    }

    private sealed record ClientJson(string Version) : IJsonWritable
    {
        private const int CommitDigits = 8;

        /// <summary>First four bytes of the commit that was built, which the build puts behind the version; zeros for a build outside a repository.</summary>
        private static readonly string Commit = ReadCommit();

        public void WriteTo(Utf8JsonWriter writer)
        {
            string[] parts = Version.Split('/');
            writer.WriteStartArray();
            writer.WriteStartObject();
            writer.WriteString("code"u8, "DC"u8);
            writer.WriteString("name"u8, parts[0]);
            writer.WriteString("version"u8, parts.Length > 1 ? parts[1] : "v0");
            writer.WriteString("commit"u8, Commit);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        private static string ReadCommit()
        {
            string[] version = (Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "").Split('+');
            return version.Length > 1 && version[1].Length >= CommitDigits ? $"0x{version[1][..CommitDigits]}" : "0x00000000";
        }
    }

    private sealed record TransitionJson(UInt256 TerminalTotalDifficulty) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteQuantity("terminalTotalDifficulty"u8, TerminalTotalDifficulty);
            writer.WriteHash("terminalBlockHash"u8, Hash256.Zero);
            writer.WriteQuantity("terminalBlockNumber"u8, 0);
            writer.WriteEndObject();
        }
    }
}
