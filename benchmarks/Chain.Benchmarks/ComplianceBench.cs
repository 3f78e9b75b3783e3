using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Configuration;
using Chain.Compliance.Engine;
using Chain.Compliance.Oracle;
using Chain.Compliance.Policy;
using Chain.Compliance.Registry;
using Chain.Core.Crypto;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.State;
using Chain.Precompiles;

namespace Chain.Benchmarks;

/// <summary>Who answers at the modules' addresses.</summary>
public enum ModuleKind
{
    /// <summary>The native modules.</summary>
    Native,

    /// <summary>Their Solidity mirrors (contracts/mirror), as ordinary contracts on the same machine.</summary>
    Mirror,
}

/// <summary>Two investors, a token with rules and a price feed of seven reporters, answered for by the native modules or by their mirrors.</summary>
internal sealed class ComplianceBench : IDisposable, IBlockHashes
{
    public const int Reporters = 7;

    private static readonly Address Alice = Address.FromNumber(0xa11ce);
    private static readonly Address Bob = Address.FromNumber(0xb0b00);
    private static readonly Address Admin = Address.FromNumber(0xad01);
    private static readonly Hash256 Feed = AbiWords.ToHash(AbiWords.ToWord("NAV:PROP-0001/EUR"));
    private readonly VirtualMachine _machine = new(DispatcherKind.TailCalls);
    private readonly TransactionContext _transaction = new();
    private readonly CompliancePolicy _policy = new(2, Samples.TimestampSeconds, new PolicyModules(false, false));
    private readonly WorldState _state;
    private readonly BlockContext _block;
    private readonly Message _status;
    private readonly Message[] _canTransfer;
    private readonly Message[] _transferred;
    private readonly Message _submit;
    private readonly Message _readFresh;

    public ComplianceBench(ModuleKind kind)
    {
        MemoryState parent = new();
        NativeModules modules = new(Configuration());
        WorldState native = new(parent);
        modules.Activate(native, null, Samples.TimestampSeconds);
        BlockContext block = EvmBench.MakeBlock(this, modules.PrecompilesAt(ForkTable.Rules(Fork.Osaka), Samples.TimestampSeconds));
        Address[] tokens = [Address.FromNumber(0x70c0), Address.FromNumber(0x70c5), Address.FromNumber(0x70cf)];
        RuleMask[] masks = [RuleMask.None, TokenRules.Five, TokenRules.All];
        for (int i = 0; i < tokens.Length; i++) ArrangeToken(native, block, tokens[i], masks[i]);
        Message submit = new() { Kind = CallKind.Call, Caller = Alice, Recipient = ModuleAddresses.Oracle, Input = Submission(Samples.TimestampSeconds - 10), Gas = TokenRules.Gas };
        Must(native, block, submit);
        parent.Apply(native.ToDelta());
        if (kind == ModuleKind.Mirror) ModuleMirrors.Install(parent);

        _block = kind == ModuleKind.Native ? block : EvmBench.MakeBlock(this);
        _state = new WorldState(parent);
        _status = Call(Alice, ModuleAddresses.Kyc, "kycStatus(address)", AbiWords.ToWord(Alice));
        _canTransfer = [.. tokens.Select(t => Call(Alice, ModuleAddresses.Engine, "canTransfer(address,address,address,uint256)", AbiWords.ToWord(t), AbiWords.ToWord(Alice), AbiWords.ToWord(Bob), 5))];
        _transferred = [.. tokens.Select(t => Call(t, ModuleAddresses.Engine, "transferred(address,address,uint256)", AbiWords.ToWord(Alice), AbiWords.ToWord(Bob), 5))];
        _submit = submit with { Input = Submission(Samples.TimestampSeconds) };
        _readFresh = Call(Alice, ModuleAddresses.Oracle, "readFresh(bytes32)", AbiWords.ToWord(Feed));
        _state.UsePrecompiles(_block.Precompiles);
        _state.BeginTransaction();
    }

    /// <summary>Calls by name, in the order of a table.</summary>
    public IReadOnlyList<(string Name, Func<ulong> Run)> Calls =>
    [
        ("kycStatus", Status), ("canTransfer, 0 rules", () => CanTransfer(0)), ("canTransfer, 5 rules", () => CanTransfer(1)), ("canTransfer, 16 rules", () => CanTransfer(2)),
        ("transferred, 5 rules", () => Transferred(1)), ("submit, 7 reporters", Submit), ("readFresh", ReadFresh),
    ];

    /// <summary>Gas of the call.</summary>
    public ulong Status() => Run(_status);

    public ulong CanTransfer(int rules) => Run(_canTransfer[rules]);

    public ulong Transferred(int rules) => RunAndUndo(_transferred[rules]);

    public ulong Submit() => RunAndUndo(_submit);

    public ulong ReadFresh() => Run(_readFresh);

    /// <summary>The code of rule S.</summary>
    public byte RuleS() => _policy.CheckSender(_state, Alice);

    /// <summary>Makes every slot cold again.</summary>
    public void BeginTransaction() => _state.BeginTransaction();

    public void Dispose() => _machine.Dispose();

    public Hash256 GetBlockHash(ulong number) => default;

    private ulong Run(in Message message)
    {
        ExecutionResult result = _machine.Execute(_state, _block, _transaction, message);
        if (result.Status != FrameStatus.Success) throw new InvalidOperationException($"The call ended with {result.Status}: {KycErrors.Describe(result.Output.Span)}");
        return TokenRules.Gas - result.GasLeft;
    }

    private ulong RunAndUndo(in Message message)
    {
        int snapshot = _state.Snapshot();
        ulong gas = Run(message);
        _state.Revert(snapshot);
        return gas;
    }

    private static ComplianceConfig Configuration()
    {
        Hash256 Id(ulong n) => AbiWords.ToHash(n);
        IdentityInput Input(ulong n) => new(Id(n), 0, 2, 2, 276, 276, 0, Samples.TimestampSeconds + 86_400, 3, default, default);
        FeedConfig feed = FeedKinds.Defaults(FeedKind.Price, Reporters) with { RingLog2 = 4 };
        ModuleEntry[] entries =
        [
            new() { Module = ModuleAddresses.Kyc, Timestamp = 0, Admins = [Admin], Officers = [Admin], MinTier = 1, InitialIdentities = [new(Input(1), [Alice]), new(Input(2), [Bob])] },
            new() { Module = ModuleAddresses.Engine, Timestamp = 0 },
            new() { Module = ModuleAddresses.Oracle, Timestamp = 0, Admins = [Admin], Feeds = [new(Feed, feed, [.. Enumerable.Range(0, Reporters).Select(i => Samples.Sender(i))])] },
        ];
        return ComplianceConfig.TryCreate(entries, Samples.TimestampSeconds, out ComplianceConfig config, out string error) ? config : throw new InvalidOperationException(error);
    }

    /// <summary>A token that Alice holds and may move to Bob under every rule of the mask.</summary>
    private void ArrangeToken(WorldState state, BlockContext block, Address token, RuleMask mask)
    {
        Must(state, block, Call(token, ModuleAddresses.Engine, "registerToken(address)", AbiWords.ToWord(Admin)));
        // Minted under the open rules, so that the tokens are free.
        foreach (Message message in TokenRules.Open(Admin, token, Alice, Bob, Feed, mask)) Must(state, block, message);
        Must(state, block, Call(token, ModuleAddresses.Engine, "created(address,uint256)", AbiWords.ToWord(Alice), 1_000));
        Must(state, block, Call(token, ModuleAddresses.Engine, "created(address,uint256)", AbiWords.ToWord(Bob), 1_000));
        Must(state, block, TokenRules.Close(Admin, token, Feed, mask));
    }

    private void Must(WorldState state, BlockContext block, in Message message)
    {
        state.UsePrecompiles(block.Precompiles);
        state.BeginTransaction();
        ExecutionResult result = _machine.Execute(state, block, _transaction, message);
        if (result.Status != FrameStatus.Success) throw new InvalidOperationException($"Arranging ended with {result.Status}: {KycErrors.Describe(result.Output.Span)}");
    }

    private static Message Call(Address caller, Address module, string signature, params UInt256[] words) => TokenRules.Call(caller, module, signature, words);

    /// <summary>submit(bytes32, Observation[]) of all reporters.</summary>
    private static byte[] Submission(ulong observedAt)
    {
        const ulong ObservationBytes = 32 * 8;
        List<UInt256> words = [AbiWords.ToWord(Feed), 64, Reporters];
        for (ulong i = 0; i < Reporters; i++) words.Add((32 * Reporters) + (i * ObservationBytes));
        for (int i = 0; i < Reporters; i++)
        {
            UInt256 value = 10_250_000_000 + (ulong)i;
            Hash256 digest = ObservationDigest.Of(ObservationDigest.Domain(Samples.ChainId), Feed, value, observedAt, default);
            if (!Secp256k1.TrySign(digest.Bytes, Samples.Key(i), out TransactionSignature s)) throw new InvalidOperationException("The key does not sign.");
            words.AddRange([value, observedAt, default, 128, 65, s.R, s.S, new UInt256((ulong)(27 + s.YParity)) << 248]);
        }
        return TokenRules.Encode("submit(bytes32,(int256,uint64,bytes32,bytes)[])", words);
    }
}
