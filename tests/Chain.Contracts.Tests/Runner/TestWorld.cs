using Chain.Compliance;
using Chain.Compliance.Configuration;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.Precompiles;
using Chain.Evm.State;
using Chain.Precompiles;

namespace Chain.Contracts.Tests.Runner;

/// <summary>How a transaction of a test ended.</summary>
/// <param name="Status">Status of its first frame.</param>
/// <param name="Output">Return or revert data.</param>
/// <param name="Gas">Gas as <c>forge test</c> prints it: used after refunds and floor, less the intrinsic gas.</param>
internal sealed record Outcome(FrameStatus Status, byte[] Output, ulong Gas)
{
    public bool Succeeded => Status == FrameStatus.Success;
}

/// <summary>A chain for tests as forge sets it up: its accounts, its block, its gas limit, no limit of code size, the cheatcodes. Transactions are free.</summary>
internal sealed class TestWorld : IBlockHashes, IDisposable
{
    /// <summary>Gas limit of blocks and transactions.</summary>
    public const ulong GasLimit = 1UL << 30;

    /// <summary>Sender of tests.</summary>
    public static readonly Address Sender = Address.Parse("0x1804c8AB1F12E6bbf3894d4083f33e07309d1f38");

    /// <summary>Creator of libraries.</summary>
    public static readonly Address LibraryCreator = Address.Parse("0x1F95D37F27EA0dEA9C252FC09D5A6eaA97647353");

    /// <summary>Wei of each account of the runner: 2^96 - 1.</summary>
    public static readonly UInt256 InitialBalance = (UInt256.One << 96) - UInt256.One;

    private const ulong ChainId = 31337;
    private static readonly ForkRules Rules = ForkTable.Rules(FoundrySettings.Fork) with { CodeSizeMax = int.MaxValue, InitCodeSizeMax = int.MaxValue };
    private static readonly Address[] Modules = [ModuleAddresses.Kyc, ModuleAddresses.Engine, ModuleAddresses.Oracle];

    private readonly MemoryState _parent = new();
    private readonly VirtualMachine _machine;
    private readonly PrecompileSet _precompiles;
    private readonly bool _hasModules;
    private readonly TransactionContext _context = new();
    private BlockContext _block;
    private BlockContext _blockAtStart;
    private IReadOnlyList<Cheatcodes.Prank> _pranksAtStart = [];

    /// <param name="dispatcher">Dispatcher of the machine.</param>
    /// <param name="hasModules">True for the native modules at their addresses, where tests put the mirrors.</param>
    public TestWorld(DispatcherKind dispatcher, bool hasModules = false)
    {
        Cheatcodes = new Cheatcodes(this);
        _machine = new VirtualMachine(dispatcher) { Interceptor = Cheatcodes };
        _parent.SetAccount(Sender, 1, InitialBalance, default);
        // Code that forge puts there too: Solidity looks for some before it calls.
        _parent.SetAccount(Cheatcodes.At, 0, default, new byte[1]);
        State = new WorldState(_parent);
        _hasModules = hasModules;
        PrecompileSet precompiles = EthereumPrecompiles.For(Rules.Fork);
        if (hasModules)
        {
            Assert.That(ComplianceConfig.TryCreate([.. Modules.Select(m => new ModuleEntry { Module = m, Timestamp = 0 })], FoundrySettings.BlockTimestamp, out ComplianceConfig config, out string error), error);
            NativeModules modules = new(config);
            modules.Activate(State, null, FoundrySettings.BlockTimestamp);
            precompiles = modules.PrecompilesAt(Rules, FoundrySettings.BlockTimestamp);
        }
        _precompiles = precompiles.WithCold(Cheatcodes);
        _block = _blockAtStart = BlockAt(1, FoundrySettings.BlockTimestamp);
    }

    public Cheatcodes Cheatcodes { get; }

    public WorldState State { get; }

    public ulong Number => _block.Number;

    public ulong Timestamp => _block.Timestamp;

    /// <summary>True for an address at which a native module answers.</summary>
    public bool IsModule(in Address address) => _hasModules && Modules.Contains(address);

    /// <summary>Moves the block that runs to another height and time; later transactions stay there.</summary>
    public void MoveTo(ulong number, ulong timestamp)
    {
        _block = BlockAt(number, timestamp);
        _machine.ReplaceBlock(_block);
    }

    /// <summary>Makes the state, block and pranks of now those that <see cref="Restart"/> goes back to.</summary>
    public void Commit()
    {
        _parent.Apply(State.ToDelta());
        _blockAtStart = _block;
        _pranksAtStart = Cheatcodes.Save();
        Restart();
    }

    /// <summary>Goes back to the last <see cref="Commit"/>.</summary>
    public void Restart()
    {
        State.Reset(_parent);
        _block = _blockAtStart;
        Cheatcodes.Restore(_pranksAtStart);
    }

    /// <summary>Creates a contract; fails when its constructor does.</summary>
    public Address Create(in Address creator, byte[] initCode, in UInt256 balance)
    {
        AccountEntry account = State.GetAccount(creator);
        Address created = ContractAddress.OfCreate(creator, account.Nonce);
        State.BeginTransaction();
        State.SetBalance(State.GetAccount(created), balance);
        Outcome outcome = Execute(CallKind.Create, creator, created, initCode);
        State.SetNonce(account, account.Nonce + 1);
        State.EndTransaction(Rules);
        return outcome.Succeeded ? created : throw new InvalidOperationException($"The constructor failed: {outcome.Status}, {RevertText.Of(outcome.Output)}.");
    }

    /// <summary>Runs a call as a transaction; its changes stay.</summary>
    public Outcome Send(in Address caller, in Address to, byte[] input)
    {
        State.BeginTransaction();
        Outcome outcome = Execute(CallKind.Call, caller, to, input);
        State.EndTransaction(Rules);
        return outcome;
    }

    /// <summary>Runs a call as a transaction and undoes it.</summary>
    public Outcome Try(in Address to, byte[] input)
    {
        BlockContext block = _block;
        IReadOnlyList<Cheatcodes.Prank> pranks = Cheatcodes.Save();
        State.BeginTransaction();
        int snapshot = State.Snapshot();
        Outcome outcome = Execute(CallKind.Call, Sender, to, input);
        State.Revert(snapshot);
        _block = block;
        Cheatcodes.Restore(pranks);
        return outcome;
    }

    public Hash256 GetBlockHash(ulong number) => default;

    public void Dispose() => _machine.Dispose();

    private Outcome Execute(CallKind kind, in Address caller, in Address recipient, byte[] input)
    {
        State.UsePrecompiles(_precompiles);
        Transaction transaction = new() { To = kind == CallKind.Create ? null : recipient, Data = input };
        ulong intrinsicGas = IntrinsicGas.Compute(transaction, Rules, out ulong floorGas);
        foreach (Address address in new[] { caller, recipient, _block.Coinbase }) State.WarmAccount(State.GetAccount(address));
        _context.Origin = caller;
        Message message = new() { Kind = kind, Caller = caller, Recipient = recipient, Input = input, Gas = GasLimit - intrinsicGas };
        ExecutionResult result = _machine.Execute(State, _block, _context, message);
        ulong used = GasLimit - result.GasLeft;
        ulong refund = result.Status == FrameStatus.Success ? Math.Min(used / Rules.RefundQuotient, (ulong)State.Refund) : 0;
        return new Outcome(result.Status, result.Output.ToArray(), Math.Max(used - refund, floorGas) - intrinsicGas);
    }

    private BlockContext BlockAt(ulong number, ulong timestamp) => new()
    {
        Rules = Rules,
        ChainId = ChainId,
        Number = number,
        Timestamp = timestamp,
        GasLimit = GasLimit,
        Coinbase = default,
        BlobBaseFee = UInt256.One,
        BlockHashes = this,
        Precompiles = _precompiles,
    };
}
