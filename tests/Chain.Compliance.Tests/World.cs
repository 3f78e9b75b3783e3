using System.Buffers.Binary;
using Chain.Compliance.Abi;
using Chain.Compliance.Configuration;
using Chain.Compliance.Engine;
using Chain.Compliance.Oracle;
using Chain.Compliance.Registry;
using Chain.Compliance.Storage;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.State;
using Chain.Precompiles;

namespace Chain.Compliance.Tests;

/// <summary>A chain with modules: runs module calls and transactions on one state, block after block.</summary>
internal sealed class World : IDisposable, IBlockHashes
{
    public const ulong Now = 1_767_225_600;
    public const ulong Gas = 12_000_000;
    public const ulong ChainId = 1337;
    public const ulong BaseFee = 7;

    public static readonly Address Admin = Address.FromNumber(0xad01);
    public static readonly Address Agent = Address.FromNumber(0xa601);
    public static readonly Address Manager = Address.FromNumber(0x3a01);
    public static readonly Address Officer = Address.FromNumber(0x0f01);
    public static readonly Address OtherOfficer = Address.FromNumber(0x0f02);
    public static readonly Address Nobody = Address.FromNumber(0x0b0d);
    public static readonly Address Alice = Address.FromNumber(0xa11ce);
    public static readonly Address Bob = Address.FromNumber(0xb0b00);
    public static readonly Address Coinbase = Address.FromNumber(0xc01bace);
    public static readonly Hash256 AliceId = Id(1);
    public static readonly Hash256 BobId = Id(2);

    private readonly ComplianceConfig _config;
    private readonly VirtualMachine _machine;
    private readonly TransactionProcessor _processor;

    public World(byte mode = 0, DispatcherKind dispatcher = DispatcherKind.Loop, Func<ModuleEntry, ModuleEntry>? change = null, bool hasLists = true, ModuleEntry? extra = null, params Address[] more)
    {
        ModuleEntry kyc = new()
        {
            Module = ModuleAddresses.Kyc,
            Timestamp = 0,
            Admins = [Admin],
            Managers = [Manager],
            Enabled = [Agent],
            Officers = [Officer, OtherOfficer],
            Mode = mode,
            MinTier = 1,
            InitialIdentities = [new(Input(AliceId), [Alice]), new(Input(BobId), [Bob])],
        };
        List<ModuleEntry> entries = [change is null ? kyc : change(kyc)];
        if (extra is not null) entries.Add(extra);
        if (hasLists)
        {
            entries.Add(new ModuleEntry { Module = ModuleAddresses.TxAllowList, Timestamp = 0, Admins = [Admin], Enabled = [Officer, Agent] });
            entries.Add(new ModuleEntry { Module = ModuleAddresses.DeployerAllowList, Timestamp = 0, Admins = [Admin], Enabled = [Bob] });
        }
        entries.AddRange(more.Select(m => new ModuleEntry { Module = m, Timestamp = 0 }));
        Assert.That(ComplianceConfig.TryCreate(entries, Now, out _config, out string error), Is.True, error);
        Modules = new NativeModules(_config);
        _machine = new VirtualMachine(dispatcher);
        _processor = new TransactionProcessor(_machine);
        foreach (Address account in new[] { Admin, Agent, Manager, Officer, OtherOfficer, Nobody, Alice, Bob }) Parent.SetAccount(account, 0, 1_000_000_000_000_000_000, default);
        State = new WorldState(Parent);
        Modules.Activate(State, null, Now);
        NextBlock();
    }

    public NativeModules Modules { get; }

    public VirtualMachine Machine => _machine;

    public MemoryState Parent { get; } = new();

    public WorldState State { get; private set; }

    public ulong Time { get; set; } = Now;

    public BlockContext Block { get; private set; } = null!;

    public Hash256 GetBlockHash(ulong number) => default;

    public void Dispose() => _machine.Dispose();

    /// <summary>Ends the block and starts the next: the mode is read anew.</summary>
    public void NextBlock(ulong seconds = 0)
    {
        Parent.Apply(State.ToDelta());
        State = new WorldState(Parent);
        ulong parent = Time;
        Time += seconds;
        if (seconds != 0) Modules.Activate(State, parent, Time);
        ForkRules rules = ForkTable.Rules(Fork.Osaka);
        Block = new BlockContext
        {
            Rules = rules,
            ChainId = ChainId,
            Number = 5,
            Timestamp = Time,
            GasLimit = 60_000_000,
            Coinbase = Coinbase,
            BaseFee = BaseFee,
            BlobBaseFee = 1,
            BlockHashes = this,
            Precompiles = Modules.PrecompilesAt(rules, Time),
            Policy = Modules.PolicyAt(State, Time),
            DecisionLog = Modules.DecisionLogAt(Time),
        };
    }

    /// <summary>A module call from an account in a transaction of its own, without transaction costs.</summary>
    public ExecutionResult Call(Address caller, string signature, params object[] arguments) => CallAt(ModuleAddresses.Kyc, caller, Encode(signature, arguments));

    public ExecutionResult CallAt(Address module, Address caller, byte[] input, CallKind kind = CallKind.Call, UInt256 value = default, ulong gas = Gas, bool begin = true, Address? origin = null)
    {
        State.UsePrecompiles(Block.Precompiles);
        if (begin) State.BeginTransaction();
        TransactionContext context = new() { Origin = origin ?? caller, GasPrice = BaseFee };
        ExecutionResult result = _machine.Execute(State, Block, context, new Message { Kind = kind, Caller = caller, Recipient = module, Input = input, Gas = gas, Value = value });
        LastLogs = [.. State.Logs];
        LastGas = gas - result.GasLeft;
        return result;
    }

    public IReadOnlyList<LogEntry> LastLogs { get; private set; } = [];

    public ulong LastGas { get; private set; }

    public void Succeeds(Address caller, string signature, params object[] arguments)
    {
        ExecutionResult result = Call(caller, signature, arguments);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Success), $"{signature}: {KycErrors.Describe(result.Output.Span)}");
    }

    public void Fails(byte[] error, Address caller, string signature, params object[] arguments)
    {
        ExecutionResult result = Call(caller, signature, arguments);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Revert), signature);
        Assert.That(KycErrors.Describe(result.Output.Span), Is.EqualTo(KycErrors.Describe(error)), signature);
        Assert.That(LastLogs, Is.Empty);
    }

    public UInt256[] View(string signature, params object[] arguments)
    {
        ExecutionResult result = Call(Nobody, signature, arguments);
        Assert.That(result.Status, Is.EqualTo(FrameStatus.Success), signature);
        return [.. result.Output.ToArray().Chunk(32).Select(w => UInt256.FromBigEndian(w))];
    }

    public UInt256 Word(string signature, params object[] arguments) => View(signature, arguments)[0];

    public ulong Status(Address account) => Word("kycStatus(address)", account).U0;

    public UInt256 Slot(UInt256 key) => new DirectStorage(State, ModuleAddresses.Kyc).Read(key);

    /// <summary>A transaction of 200 wei above the base fee; null data and recipient as given.</summary>
    public TransactionResult Send(Address from, Address? to, byte[]? data = null, UInt256 value = default, ulong gas = 1_000_000, ulong tip = 0) =>
        Send(from, new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = ChainId,
            Nonce = State.GetAccount(from).Nonce,
            To = to,
            Value = value,
            Data = data ?? [],
            GasLimit = gas,
            MaxFeePerGas = BaseFee + tip,
            MaxPriorityFeePerGas = tip,
            // The processor is told the sender; the signature only has to be in range.
            Signature = new TransactionSignature(0, 1, 1),
        });

    public TransactionProcessor Processor => _processor;

    public TransactionResult Send(Address from, Transaction transaction) => _processor.Execute(State, Block, transaction, from, new BlockGas(60_000_000, 0));

    public UInt256 Balance(Address account) => State.GetAccount(account).Balance;

    public static Hash256 Id(ulong number) => AbiWords.ToHash(number);

    public static IdentityInput Input(Hash256 id, byte kind = 0, byte tier = 2, byte type = 1, ushort country = 276) => kind == 2
        ? new(id, 2, 4, 0, 0, 0, 0, ulong.MaxValue, 3, default, default)
        : new(id, kind, tier, type, country, country, 0, Now + 86_400, 3, default, Id(0xc1a1));

    /// <summary>Encodes a call; arrays and bytes go to the tail.</summary>
    public static byte[] Encode(string signature, params object[] arguments)
    {
        byte[] selector = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(selector, AbiWords.Selector(signature));
        return [.. selector, .. Tuple(arguments)];
    }

    public static byte[] Words(params UInt256[] words) => [.. words.SelectMany(w => w.ToBigEndian())];

    private static byte[] Tuple(object[] items)
    {
        byte[]?[] heads = [.. items.Select(Static)];
        int offset = heads.Sum(h => h?.Length ?? 32);
        List<byte> tail = [];
        List<byte> result = [];
        for (int i = 0; i < items.Length; i++)
        {
            if (heads[i] is { } head)
            {
                result.AddRange(head);
                continue;
            }
            result.AddRange(Words((ulong)(offset + tail.Count)));
            tail.AddRange(Dynamic(items[i]));
        }
        return [.. result, .. tail];
    }

    private static byte[] Dynamic(object item) => item switch
    {
        byte[] bytes => [.. Words((ulong)bytes.Length), .. bytes, .. new byte[(32 - (bytes.Length % 32)) % 32]],
        Address[] list => [.. Words((ulong)list.Length), .. list.SelectMany(a => Words(AbiWords.ToWord(a)))],
        uint[] list => [.. Words((ulong)list.Length), .. list.SelectMany(n => Words(n))],
        UInt256[] list => [.. Words((ulong)list.Length), .. list.SelectMany(n => Words(n))],
        ushort[] list => [.. Words((ulong)list.Length), .. list.SelectMany(n => Words(n))],
        IdentityInput[] list => [.. Words((ulong)list.Length), .. list.SelectMany(i => Static(i)!)],
        Observation[] list => [.. Words((ulong)list.Length), .. Tuple([.. list.Cast<object>()])],
        Observation o => Tuple([o.Value, o.ObservedAt, o.Evidence, o.Signature]),
        Submission[] list => [.. Words((ulong)list.Length), .. Tuple([.. list.Cast<object>()])],
        Submission s => Tuple([s.FeedId, s.Observations]),
        byte[][] list => [.. Words((ulong)list.Length), .. Tuple([.. list])],
        Address[][] lists => [.. Words((ulong)lists.Length), .. Tuple([.. lists])],
        _ => throw new ArgumentException($"{item.GetType()} has no encoding here."),
    };

    private static byte[]? Static(object item) => item switch
    {
        Address address => Words(AbiWords.ToWord(address)),
        Hash256 hash => Words(AbiWords.ToWord(hash)),
        UInt256 number => Words(number),
        bool flag => Words(AbiWords.ToWord(flag)),
        Role role => Words((ulong)role),
        RuleSet rules => Words(rules.ToWords()),
        int or uint or ulong or byte or ushort or long => Words(Convert.ToUInt64(item, null)),
        FeedConfig c => Words(c.Kind, c.Decimals, c.Quorum, c.RingLog2, c.Heartbeat, c.StaleAfter, c.ReportWindow, c.MinInterval, c.DeviationBps, c.MaxDeviationBps,
            Signed.ToWord(c.MinAnswer), Signed.ToWord(c.MaxAnswer), AbiWords.ToWord(c.Description)),
        IdentityInput i => Words(AbiWords.ToWord(i.IdentityId), i.Kind, i.Tier, i.InvestorType, i.Country, i.TaxCountry, i.Attributes, i.Expiry, i.ProviderId,
            AbiWords.ToWord(i.OnchainId), AbiWords.ToWord(i.ClaimsHash)),
        _ => null,
    };
}
