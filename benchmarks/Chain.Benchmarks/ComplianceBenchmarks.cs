using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Configuration;
using Chain.Compliance.Engine;
using Chain.Compliance.Policy;
using Chain.Compliance.Registry;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.State;
using Chain.Precompiles;

namespace Chain.Benchmarks;

/// <summary>
/// Module calls, warm, each as the outermost message of one long transaction, and rule S as the pool asks it. The specification wants at least 50,000 <c>kycStatus</c> and 5,000
/// <c>transferred</c> a second on one core (section 8, item 13).
/// </summary>
public class ComplianceBenchmarks : IDisposable, IBlockHashes
{
    private const ulong Now = Samples.TimestampSeconds;
    private const string RuleSetType = "(uint32,uint8,uint8,uint8,uint32,uint32,uint64,uint16,bool,uint96,uint256,uint256,uint256,bytes32)";

    private static readonly Address Admin = Address.FromNumber(0xad01);
    private static readonly Address Alice = Address.FromNumber(0xa11ce);
    private static readonly Address Bob = Address.FromNumber(0xb0b);
    private static readonly Address Token = Address.FromNumber(0x70ce);

    private readonly VirtualMachine _machine = new(DispatcherKind.TailCalls);
    private readonly TransactionContext _transaction = new() { Origin = Admin };
    private WorldState _state = null!;
    private BlockContext _block = null!;
    private CompliancePolicy _policy = null!;
    private Message _status;
    private Message _canTransfer;
    private Message _there;
    private Message _back;

    /// <summary>Rules of the token that are on: none, five, or all that a transfer can meet with four windows.</summary>
    [Params(0, 5, 20)]
    public int Rules { get; set; }

    /// <summary>Makes a token with two holders.</summary>
    [GlobalSetup]
    public void Setup()
    {
        IdentityInput identity = new(default, 0, 2, 2, 276, 276, 0, Now + KycLimits.ValiditySecondsMax, 3, default, default);
        ModuleEntry kyc = new()
        {
            Module = ModuleAddresses.Kyc, Timestamp = 0, Admins = [Admin], Officers = [Admin], Mode = 0, MinTier = 1,
            InitialIdentities = [new(identity with { IdentityId = AbiWords.ToHash(1) }, [Alice]), new(identity with { IdentityId = AbiWords.ToHash(2) }, [Bob])],
        };
        if (!ComplianceConfig.TryCreate([kyc, new() { Module = ModuleAddresses.Engine, Timestamp = 0 }], Now, out ComplianceConfig config, out string error)) throw new InvalidOperationException(error);
        NativeModules modules = new(config);
        _state = new WorldState(new MemoryState());
        modules.Activate(_state, null, Now);
        _block = EvmBench.MakeBlock(this, modules.PrecompilesAt(ForkTable.Rules(Fork.Osaka), Now));
        _policy = new CompliancePolicy(2, Now, new PolicyModules(false, false));
        _state.UsePrecompiles(_block.Precompiles);
        _state.BeginTransaction();

        Run(Call(Token, "registerToken(address)", AbiWords.ToWord(Admin)));
        Run(Call(Admin, $"setRules(address,{RuleSetType})", [AbiWords.ToWord(Token), .. RulesOf(Rules).ToWords()]));
        if (Rules == 20) SetPermissions();
        Run(Call(Token, "created(address,uint256)", AbiWords.ToWord(Alice), 1_000_000));
        Run(Call(Token, "created(address,uint256)", AbiWords.ToWord(Bob), 1_000_000));
        _status = Call(Token, "kycStatus(address)", AbiWords.ToWord(Alice)) with { Recipient = ModuleAddresses.Kyc };
        _canTransfer = Call(Token, "canTransfer(address,address,address,uint256)", AbiWords.ToWord(Token), AbiWords.ToWord(Alice), AbiWords.ToWord(Bob), 5);
        _there = Call(Token, "transferred(address,address,uint256)", AbiWords.ToWord(Alice), AbiWords.ToWord(Bob), 5);
        _back = Call(Token, "transferred(address,address,uint256)", AbiWords.ToWord(Bob), AbiWords.ToWord(Alice), 5);
    }

    /// <summary><c>kycStatus</c>.</summary>
    [Benchmark]
    public ulong KycStatus() => Run(_status);

    /// <summary><c>canTransfer</c>.</summary>
    [Benchmark]
    public ulong CanTransfer() => Run(_canTransfer);

    /// <summary><c>transferred</c>, there and back, undone so that the ledger stays.</summary>
    [Benchmark(OperationsPerInvoke = 2)]
    public ulong Transferred()
    {
        int snapshot = _state.Snapshot();
        ulong gas = Run(_there) + Run(_back);
        _state.Revert(snapshot);
        return gas;
    }

    /// <summary>Rule S of an eligible sender: what mode 2 adds to the admission of a transaction.</summary>
    [Benchmark]
    public byte SenderRule() => _policy.CheckSender(_state, Alice);

    /// <inheritdoc/>
    public void Dispose()
    {
        _machine.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public Hash256 GetBlockHash(ulong number) => default;

    private static RuleSet RulesOf(int rules)
    {
        RuleMask mask = rules switch
        {
            0 => RuleMask.None,
            5 => RuleMask.Kyc | RuleMask.CountryDeny | RuleMask.MaxBalance | RuleMask.MaxHolders | RuleMask.MinHolding,
            _ => RuleMask.All & ~RuleMask.CountryAllow & ~RuleMask.EmitDecisions,
        };
        return new RuleSet(mask, 0, 0, 0xff, uint.MaxValue, 0, 0, 10_000, false, 1, UInt256.MaxValue, default, UInt256.MaxValue, default);
    }

    private void SetPermissions()
    {
        UInt256 token = AbiWords.ToWord(Token);
        Run(Call(Admin, "setTypeCaps(address,uint8,uint32,uint256)", token, 2, 9, UInt256.MaxValue));
        UInt256[] windows = [token, 0x60, 0x100, 4, 60, 3_600, 86_400, 604_800, 4, .. Enumerable.Repeat((UInt256)ulong.MaxValue, 4)];
        Run(Call(Admin, "setWindows(address,uint32[],uint224[])", windows));
        foreach ((Address from, Address to) in new[] { (Alice, Bob), (Bob, Alice) })
        {
            Run(Call(Admin, "approveTransfer(address,address,address,uint256,uint32,uint64)", token, AbiWords.ToWord(from), AbiWords.ToWord(to), 5, uint.MaxValue, ulong.MaxValue));
            Run(Call(Admin, "recordTravelRule(address,address,address,uint256,bytes32,uint64)", token, AbiWords.ToWord(from), AbiWords.ToWord(to), 5, 1, ulong.MaxValue));
        }
    }

    private ulong Run(in Message message)
    {
        ExecutionResult result = _machine.Execute(_state, _block, _transaction, message);
        if (result.Status != FrameStatus.Success) throw new InvalidOperationException($"The call ended with {result.Status} {Convert.ToHexString(result.Output.Span)}.");
        return result.GasLeft;
    }

    private static Message Call(Address caller, string signature, params ReadOnlySpan<UInt256> words)
    {
        byte[] input = new byte[AbiWords.SelectorSizeBytes + (words.Length * UInt256.SizeBytes)];
        BinaryPrimitives.WriteUInt32BigEndian(input, AbiWords.Selector(signature));
        for (int i = 0; i < words.Length; i++) words[i].WriteBigEndian(input.AsSpan(AbiWords.SelectorSizeBytes + (i * UInt256.SizeBytes), UInt256.SizeBytes));
        return new Message { Kind = CallKind.Call, Caller = caller, Recipient = ModuleAddresses.Engine, Input = input, Gas = 10_000_000 };
    }
}
