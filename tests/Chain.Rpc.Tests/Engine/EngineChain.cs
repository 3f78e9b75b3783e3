using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Consensus.Engines;
using Chain.Core.Crypto;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Rpc.Methods;
using Chain.Rpc.Model;
using Chain.Rpc.Ports;

namespace Chain.Rpc.Tests.Engine;

/// <summary>A chain that a consensus client drives, from Paris to Osaka, a fork every thousand seconds, with what such a client does.</summary>
internal sealed class EngineChain : IAsyncDisposable
{
    public const string Zero = "0x0000000000000000000000000000000000000000000000000000000000000000";
    public const string Unknown = "0x00000000000000000000000000000000000000000000000000000000000000ff";
    public const string BeaconRoot = "0x00000000000000000000000000000000000000000000000000000000000000be";

    private const ulong GenesisTime = 1_700_000_000;
    private const ulong ForkSeconds = 1_000;

    private static readonly byte[] Key = Keccak256.Hash([1]).Bytes.ToArray();

    private readonly ExternalEngine _engine;

    private EngineChain(ChainFixture chain)
    {
        Chain = chain;
        _engine = new ExternalEngine(chain.Manager);
        Table = RpcModules.Build(chain.Chain, chain.Filters, chain.Hub, "DefactorChain/v1", () => 0, null, _engine, ports: new NodePorts { Warn = Warnings.Add });
        Rpc = new RpcCaller(Table);
    }

    public ChainFixture Chain { get; }

    public RpcMethodTable Table { get; }

    public RpcCaller Rpc { get; }

    /// <summary>What the operator was told.</summary>
    public List<string> Warnings { get; } = [];

    public string Head => Chain.Manager.Database.Head.Hash.ToString();

    public string Safe => Chain.Manager.Database.Safe.Hash.ToString();

    public string Final => Chain.Manager.Database.Finalized.Hash.ToString();

    /// <summary>A chain whose merge is at this total difficulty; zero is at genesis.</summary>
    public static EngineChain Open(string terminalTotalDifficulty = "0")
    {
        Span<byte> publicKey = stackalloc byte[Secp256k1.PublicKeySizeBytes];
        Assert.That(Secp256k1.TryGetPublicKey(Key, publicKey), Is.True);
        JsonObject alloc = new() { [Secp256k1.AddressOf(publicKey).ToString()] = new JsonObject { ["balance"] = "0x21e19e0c9bab2400000" } };
        foreach (JsonNode? contract in JsonNode.Parse(File.ReadAllText(Path.Combine(RepositoryRoot(), "genesis", "system-contracts.json")))!.AsArray())
            alloc[contract!["address"]!.GetValue<string>()] = new JsonObject { ["balance"] = "0x0", ["code"] = contract["code"]!.GetValue<string>() };
        JsonObject config = new() { ["chainId"] = 31_337, ["terminalTotalDifficulty"] = UInt64(terminalTotalDifficulty) };
        foreach (string name in (string[])["homestead", "eip150", "eip155", "eip158", "byzantium", "constantinople", "petersburg", "istanbul", "berlin", "london"]) config[$"{name}Block"] = 0;
        foreach ((string name, Fork fork) in ((string, Fork)[])[("shanghai", Fork.Shanghai), ("cancun", Fork.Cancun), ("prague", Fork.Prague), ("osaka", Fork.Osaka)]) config[$"{name}Time"] = TimeOf(fork);
        JsonObject genesis = new()
        {
            ["config"] = config,
            ["timestamp"] = Quantity(GenesisTime),
            ["gasLimit"] = "0x1c9c380",
            ["difficulty"] = UInt64(terminalTotalDifficulty) == 0 ? "0x0" : "0x20000",
            ["baseFeePerGas"] = "0x3b9aca00",
            ["alloc"] = alloc,
        };
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, genesis.ToJsonString());
            return new EngineChain(ChainFixture.FromGenesisFile(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A timestamp in a fork.</summary>
    public static ulong TimeOf(Fork fork) => GenesisTime + (ForkSeconds * (ulong)(Math.Max((int)fork, (int)Fork.Paris) - (int)Fork.Paris)) + (fork == Fork.Paris ? 12UL : 0);

    public static string Quantity(ulong value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>Attributes as the fork of their timestamp has them.</summary>
    public static JsonObject Attributes(ulong timestamp)
    {
        JsonObject attributes = new() { ["timestamp"] = Quantity(timestamp), ["prevRandao"] = Unknown, ["suggestedFeeRecipient"] = "0x00000000000000000000000000000000000000aa" };
        if (timestamp >= TimeOf(Fork.Shanghai)) attributes["withdrawals"] = new JsonArray();
        if (timestamp >= TimeOf(Fork.Cancun)) attributes["parentBeaconBlockRoot"] = BeaconRoot;
        return attributes;
    }

    public static string Choice(string head, string safe = Zero, string final = Zero, JsonNode? attributes = null) =>
        $$"""[{"headBlockHash":"{{head}}","safeBlockHash":"{{safe}}","finalizedBlockHash":"{{final}}"},{{attributes?.ToJsonString() ?? "null"}}]""";

    /// <summary>The status of a forkchoice of this version.</summary>
    public async Task<JsonElement> ChooseAsync(string head, string safe = Zero, string final = Zero, int version = 3) =>
        (await Rpc.ResultAsync($"engine_forkchoiceUpdatedV{version}", Choice(head, safe, final))).GetProperty("payloadStatus");

    /// <summary>Begins to build; the id.</summary>
    public async Task<string> StartAsync(string parent, ulong timestamp, JsonObject? attributes = null)
    {
        int version = timestamp >= TimeOf(Fork.Cancun) ? 3 : timestamp >= TimeOf(Fork.Shanghai) ? 2 : 1;
        JsonElement choice = await Rpc.ResultAsync($"engine_forkchoiceUpdatedV{version}", Choice(parent, attributes: attributes ?? Attributes(timestamp)));
        Assert.That(choice.GetProperty("payloadStatus").GetProperty("status").GetString(), Is.EqualTo("VALID"));
        return choice.GetProperty("payloadId").GetString()!;
    }

    /// <summary>The envelope of a built block, by the version of its fork.</summary>
    public async Task<JsonElement> TakeAsync(string id, ulong timestamp)
    {
        Fork fork = ForkAt(timestamp);
        int version = fork switch { Fork.Paris => 1, Fork.Shanghai => 2, Fork.Cancun => 3, Fork.Prague => 4, _ => 5 };
        return await Rpc.ResultAsync($"engine_getPayloadV{version}", $"[\"{id}\"]");
    }

    /// <summary>A block built on a parent, which becomes the head.</summary>
    public async Task<BuiltPayload> BuildAsync(string parent, ulong timestamp)
    {
        JsonElement envelope = await TakeAsync(await StartAsync(parent, timestamp), timestamp);
        JsonElement payload = ForkAt(timestamp) == Fork.Paris ? envelope : envelope.GetProperty("executionPayload");
        return new BuiltPayload(JsonNode.Parse(payload.GetRawText())!.AsObject(), envelope.TryGetProperty("executionRequests", out JsonElement requests) ? requests.GetRawText() : "[]", ForkAt(timestamp));
    }

    /// <summary>Builds a block on a parent, inserts it and makes it the head; its hash.</summary>
    public async Task<string> ExtendAsync(string parent, ulong timestamp)
    {
        BuiltPayload built = await BuildAsync(parent, timestamp);
        await MustBeValidAsync(built);
        Assert.That((await ChooseAsync(built.Hash)).GetProperty("status").GetString(), Is.EqualTo("VALID"));
        return built.Hash;
    }

    public async Task MustBeValidAsync(BuiltPayload payload)
    {
        JsonElement status = await InsertAsync(payload);
        Assert.That((status.GetProperty("status").GetString(), status.GetProperty("latestValidHash").GetString()), Is.EqualTo(("VALID", payload.Hash)), status.GetRawText());
    }

    /// <summary>The status of a block offered by the version of its fork.</summary>
    public Task<JsonElement> InsertAsync(BuiltPayload payload) => Rpc.ResultAsync(payload.Method, payload.Parameters());

    /// <summary>The block with the hash that its fields really have.</summary>
    public async Task<BuiltPayload> SealAsync(BuiltPayload payload)
    {
        payload.Json["blockHash"] = Zero;
        string problem = (await InsertAsync(payload)).GetProperty("validationError").GetString()!;
        Assert.That(problem, Does.StartWith("BlockException.INVALID_BLOCK_HASH: block hash 0x"));
        payload.Json["blockHash"] = problem.Split(' ')[3].TrimEnd(',');
        return payload;
    }

    /// <summary>Puts a signed transfer into the pool.</summary>
    public string Send(ulong nonce, ulong tipWei = 1_000_000_000) => Add(new Transaction
    {
        Type = TransactionType.DynamicFee,
        ChainId = 31_337,
        Nonce = nonce,
        GasLimit = 21_000,
        MaxFeePerGas = 100_000_000_000,
        MaxPriorityFeePerGas = tipWei,
        To = Address.Parse("0x00000000000000000000000000000000000000bb"),
        Value = UInt256.One,
    });

    /// <summary>Puts a transaction with blobs of zeros into the pool, whose commitments and proofs are the point at infinity. A hash that differs is asked for by its index.</summary>
    public string SendBlobs(ulong nonce, int count, byte version)
    {
        byte[] infinity = new byte[BlobSidecar.CommitmentSizeBytes];
        infinity[0] = 0xc0;
        ReadOnlyMemory<byte>[] blobs = [.. Enumerable.Repeat((ReadOnlyMemory<byte>)new byte[BlobSidecar.BlobSizeBytes], count)];
        ReadOnlyMemory<byte>[] commitments = [.. Enumerable.Repeat((ReadOnlyMemory<byte>)infinity, count)];
        ReadOnlyMemory<byte>[] proofs = [.. Enumerable.Repeat((ReadOnlyMemory<byte>)infinity, version == 0 ? count : count * BlobSidecar.CellsPerBlob)];
        return Add(
            new Transaction
            {
                Type = TransactionType.Blob,
                ChainId = 31_337,
                Nonce = nonce,
                GasLimit = 21_000,
                MaxFeePerGas = 100_000_000_000,
                MaxPriorityFeePerGas = 1_000_000_000,
                MaxFeePerBlobGas = 1_000_000_000,
                To = Address.Parse("0x00000000000000000000000000000000000000bb"),
                BlobVersionedHashes = [.. Enumerable.Repeat(BlobSidecar.VersionedHash(infinity), count)],
            },
            new BlobSidecar(version, blobs, commitments, proofs));
    }

    /// <summary>The versioned hash of a blob of zeros.</summary>
    public static string ZeroBlobHash()
    {
        byte[] infinity = new byte[BlobSidecar.CommitmentSizeBytes];
        infinity[0] = 0xc0;
        return BlobSidecar.VersionedHash(infinity).ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Rpc.Dispose();
        _engine.Dispose();
        await Chain.DisposeAsync();
    }

    private static Fork ForkAt(ulong timestamp) => ((Fork[])[Fork.Osaka, Fork.Prague, Fork.Cancun, Fork.Shanghai]).FirstOrDefault(fork => timestamp >= TimeOf(fork), Fork.Paris);

    private static ulong UInt64(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Chain.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("Chain.sln was not found above the test's folder.");
    }

    private string Add(Transaction unsigned, BlobSidecar? sidecar = null)
    {
        Transaction signed = TransactionSigner.Sign(unsigned, Key);
        Assert.That(Chain.Manager.Pool.Add(signed, isLocal: false, sidecar).Message ?? "", Is.Empty);
        Assert.That(Chain.Manager.Pool.TryGet(signed.Hash, out _), Is.True);
        return signed.Hash.ToString();
    }
}

/// <summary>A payload with what goes beside it.</summary>
internal sealed record BuiltPayload(JsonObject Json, string Requests, Fork Fork)
{
    public string Hash => Json["blockHash"]!.GetValue<string>();

    public string Method => $"engine_newPayloadV{Fork switch { Fork.Paris => 1, Fork.Shanghai => 2, Fork.Cancun => 3, _ => 4 }}";

    /// <summary>Versioned hashes that are told beside the payload.</summary>
    public IReadOnlyList<string> BlobHashes { get; init; } = [];

    /// <summary>Parameters of engine_newPayload of the fork.</summary>
    public string Parameters() => Fork switch
    {
        Fork.Paris or Fork.Shanghai => $"[{Json.ToJsonString()}]",
        Fork.Cancun => $"[{Json.ToJsonString()},{Hashes},\"{EngineChain.BeaconRoot}\"]",
        _ => $"[{Json.ToJsonString()},{Hashes},\"{EngineChain.BeaconRoot}\",{Requests}]",
    };

    /// <summary>A copy to be changed.</summary>
    public BuiltPayload Copy() => this with { Json = Json.DeepClone().AsObject() };

    private string Hashes => $"[{string.Join(',', BlobHashes.Select(hash => $"\"{hash}\""))}]";
}
