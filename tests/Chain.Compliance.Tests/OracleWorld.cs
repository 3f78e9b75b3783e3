using Chain.Compliance.Abi;
using Chain.Compliance.Configuration;
using Chain.Compliance.Oracle;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Crypto;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;

namespace Chain.Compliance.Tests;

/// <summary>A chain with an oracle and one price feed of five reporters, quorum three.</summary>
internal sealed class OracleWorld : IDisposable
{
    public const string ConfigType = "(uint8,uint8,uint8,uint8,uint32,uint32,uint32,uint32,uint16,uint16,int128,int128,bytes32)";
    public const string Create = $"createFeed(bytes32,{ConfigType},address[])";
    public const string Update = $"updateFeed(bytes32,{ConfigType})";
    public const string Submit = "submit(bytes32,(int256,uint64,bytes32,bytes)[])";
    public const string SubmitBatch = "submitBatch((bytes32,(int256,uint64,bytes32,bytes)[])[],bool)";
    public const string SubmitDirect = "submitDirect(bytes32,int256,uint64,bytes32)";

    public static readonly Hash256 Feed = AbiWords.ToHash(AbiWords.ToWord("NAV:PROP-0001/EUR"));
    public static readonly UInt256 FeedWord = AbiWords.ToWord(Feed);
    public static readonly FeedConfig Config = FeedKinds.Defaults(FeedKind.Price, 5) with { RingLog2 = 4, Description = AbiWords.ToHash(AbiWords.ToWord("Property 1")) };

    private static readonly byte[][] Keys = [.. Enumerable.Range(1, 33).Select(i => new UInt256((ulong)i).ToBigEndian())];

    public static readonly Address[] Reporters = [.. Keys.Select(AddressOf)];

    public OracleWorld(FeedConfig? config = null, int reporters = 5, DispatcherKind dispatcher = DispatcherKind.Loop)
    {
        ModuleEntry oracle = new() { Module = ModuleAddresses.Oracle, Timestamp = 0, Admins = [World.Admin], Managers = [World.Manager], Enabled = [World.Officer, Reporters[0]] };
        World = new World(dispatcher: dispatcher, extra: oracle);
        if (reporters > 0) Succeeds(World.Manager, Create, Feed, config ?? Config, Reporters[..reporters]);
    }

    public World World { get; }

    public static Address Facade => FeedFacade.AddressOf(FeedWord);

    public void Dispose() => World.Dispose();

    /// <summary>An observation of a reporter, at the block's time unless told.</summary>
    public Observation Observe(int reporter, UInt256 value, ulong? at = null, Hash256 evidence = default, Hash256? feed = null, ulong chainId = World.ChainId)
    {
        ulong observedAt = at ?? World.Time;
        Hash256 digest = ObservationDigest.Of(ObservationDigest.Domain(chainId), feed ?? Feed, value, observedAt, evidence);
        Assert.That(Secp256k1.TrySign(digest.Bytes, Keys[reporter], out TransactionSignature s), Is.True);
        return new Observation(value, observedAt, evidence, [.. s.R.ToBigEndian(), .. s.S.ToBigEndian(), (byte)(27 + s.YParity)]);
    }

    /// <summary>Observations of the reporters 0, 1, ... with these values.</summary>
    public Observation[] All(params UInt256[] values) => [.. values.Select((value, i) => Observe(i, value))];

    public ExecutionResult Call(Address caller, string signature, params object[] arguments) =>
        World.CallAt(ModuleAddresses.Oracle, caller, World.Encode(signature, arguments));

    public UInt256[] Succeeds(Address caller, string signature, params object[] arguments)
    {
        ExecutionResult result = Call(caller, signature, arguments);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Success), $"{signature}: {KycErrors.Describe(result.Output.Span)}");
        return WordsOf(result);
    }

    public void Fails(byte[] error, Address caller, string signature, params object[] arguments)
    {
        ExecutionResult result = Call(caller, signature, arguments);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Revert), signature);
        Assert.That(KycErrors.Describe(result.Output.Span), Is.EqualTo(KycErrors.Describe(error)), signature);
        Assert.That(result.Output.ToArray(), Is.EqualTo(error));
        Assert.That(World.LastLogs, Is.Empty);
    }

    public UInt256[] View(string signature, params object[] arguments) => Succeeds(World.Nobody, signature, arguments);

    /// <summary>Submits what must be accepted or held; the round's id.</summary>
    public UInt256 Accepts(params Observation[] observations) => Succeeds(World.Nobody, Submit, Feed, observations)[0];

    public UInt256 Accepts(params UInt256[] values) => Accepts(All(values));

    public void Rejects(byte code, params Observation[] observations) =>
        Fails(OracleErrors.SubmissionInvalid.Encode(code), World.Nobody, Submit, Feed, observations);

    public ulong Health() => View("health(bytes32)", Feed)[0].U0;

    public UInt256 Slot(UInt256 slot) => new DirectStorage(World.State, ModuleAddresses.Oracle).Read(slot);

    public FeedSlots Slots => FeedSlots.Of(new DirectStorage(World.State, ModuleAddresses.Oracle), FeedWord);

    public UInt256[] ThroughFacade(string signature, params object[] arguments)
    {
        ExecutionResult result = World.CallAt(Facade, World.Nobody, World.Encode(signature, arguments));
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Success), $"{signature}: {KycErrors.Describe(result.Output.Span)}");
        return WordsOf(result);
    }

    public static UInt256 Id(ulong seq, ulong phase = 1) => new(seq, phase);

    public static UInt256 Minus(ulong value) => -new UInt256(value);

    public static UInt256[] WordsOf(ExecutionResult result) => [.. result.Output.ToArray().Chunk(32).Select(w => UInt256.FromBigEndian(w))];

    private static Address AddressOf(byte[] key)
    {
        byte[] publicKey = new byte[Secp256k1.PublicKeySizeBytes];
        Assert.That(Secp256k1.TryGetPublicKey(key, publicKey), Is.True);
        return Secp256k1.AddressOf(publicKey);
    }
}
