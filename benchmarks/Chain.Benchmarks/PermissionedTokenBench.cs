using Chain.Compliance;
using Chain.Compliance.Abi;
using Chain.Compliance.Configuration;
using Chain.Compliance.Engine;
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
/// A PermissionedToken of the development chain's genesis, made by its AssetFactory behind its beacon, with two holders and the rules of a mask;
/// the native modules or their mirrors decide.
/// </summary>
internal sealed class PermissionedTokenBench : IDisposable, IBlockHashes
{
    private const ulong SecondsAfterGenesis = 1_000;
    private const ulong HeldUnits = 1_000_000;

    private static readonly Hash256 Feed = AbiWords.ToHash(AbiWords.ToWord("USDC/USD"));
    // The first accounts of the development mnemonic: issuer, reporter and rule administrator; another registered holder.
    private static readonly Address Issuer = Address.Parse("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
    private static readonly Address Buyer = Address.Parse("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");

    // Where genesis installs it (contracts/src/common/Addresses.sol).
    private static readonly Address AssetFactory = Address.Parse("0xdefac70000000000000000000000000000000019");

    private readonly VirtualMachine _machine = new(DispatcherKind.TailCalls);
    private readonly TransactionContext _transaction = new();
    private readonly BlockContext _block;
    private readonly WorldState _state;
    private readonly Message _transfer;
    private readonly Message _balance;

    public PermissionedTokenBench(ModuleKind kind, RuleMask mask)
    {
        if (!GenesisFile.TryParse(File.ReadAllBytes(RepositoryFile.Find("genesis", "dev.json")), out ChainSpec? spec, out Genesis? genesis, out string? error))
            throw new InvalidOperationException(error);
        if (!ComplianceConfig.TryParse(spec.Modules, [], genesis.Timestamp, out ComplianceConfig config, out error)) throw new InvalidOperationException(error);
        NativeModules modules = new(config);
        ulong now = genesis.Timestamp + SecondsAfterGenesis;
        BlockContext native = EvmBench.MakeBlock(this, modules.PrecompilesAt(ForkTable.Rules(Fork.Osaka), now), timestampSeconds: now);
        MemoryState allocation = new();
        foreach ((Address address, GenesisAccount account) in genesis.Alloc)
        {
            allocation.SetAccount(address, account.Nonce, account.Balance, account.Code);
            foreach ((UInt256 slot, UInt256 value) in account.Storage) allocation.SetStorage(address, slot, value);
        }
        WorldState arranging = new(allocation);
        modules.Activate(arranging, null, genesis.Timestamp);

        Must(arranging, native, TokenRules.Call(Issuer, ModuleAddresses.Oracle, "submitDirect(bytes32,int256,uint64,bytes32)", AbiWords.ToWord(Feed), 100_000_000, now, 1));
        byte[] output = Must(arranging, native, DeploySuite());
        Address token = AbiWords.ToAddress(UInt256.FromBigEndian(output));
        Must(arranging, native, TokenRules.Call(Issuer, ModuleAddresses.Engine, "acceptRuleAdmin(address)", AbiWords.ToWord(token)));
        foreach (Message message in TokenRules.Open(Issuer, token, Issuer, Buyer, Feed, mask)) Must(arranging, native, message);
        foreach (Address holder in new[] { Issuer, Buyer }) Must(arranging, native, TokenRules.Call(Issuer, token, "mint(address,uint256)", AbiWords.ToWord(holder), HeldUnits));
        Must(arranging, native, TokenRules.Close(Issuer, token, Feed, mask));

        MemoryState parent = allocation;
        parent.Apply(arranging.ToDelta());
        if (kind == ModuleKind.Mirror) ModuleMirrors.Install(parent);
        _block = kind == ModuleKind.Native ? native : EvmBench.MakeBlock(this, timestampSeconds: now);
        _state = new WorldState(parent);
        _state.UsePrecompiles(_block.Precompiles);
        _transfer = TokenRules.Call(Issuer, token, "transfer(address,uint256)", AbiWords.ToWord(Buyer), TokenRules.AmountUnits);
        _balance = TokenRules.Call(Issuer, token, "balanceOf(address)", AbiWords.ToWord(Buyer));
    }

    /// <summary>A transfer in a transaction of its own, every slot cold at its start, undone afterwards. Returns its gas without the transaction's own 21,000.</summary>
    public ulong Transfer()
    {
        _state.BeginTransaction();
        int snapshot = _state.Snapshot();
        ulong gas = TokenRules.Gas - Run(_state, _block, _transfer).GasLeft;
        _state.Revert(snapshot);
        return gas;
    }

    /// <summary>Units that the transfer brings its receiver.</summary>
    public UInt256 Delivered()
    {
        _state.BeginTransaction();
        int snapshot = _state.Snapshot();
        Run(_state, _block, _transfer);
        UInt256 held = UInt256.FromBigEndian(Run(_state, _block, _balance).Output.Span);
        _state.Revert(snapshot);
        return held - UInt256.FromBigEndian(Run(_state, _block, _balance).Output.Span);
    }

    public void Dispose() => _machine.Dispose();

    public Hash256 GetBlockHash(ulong number) => default;

    private byte[] Must(WorldState state, BlockContext block, in Message message)
    {
        state.UsePrecompiles(block.Precompiles);
        state.BeginTransaction();
        byte[] output = Run(state, block, message).Output.ToArray();
        state.EndTransaction(block.Rules);
        return output;
    }

    private ExecutionResult Run(WorldState state, BlockContext block, in Message message)
    {
        ExecutionResult result = _machine.Execute(state, block, _transaction, message);
        return result.Status == FrameStatus.Success
            ? result
            : throw new InvalidOperationException($"The call ended with {result.Status}: 0x{Convert.ToHexStringLower(result.Output.Span)}");
    }

    /// <summary>deploySuite of a token without rules but the supply cap; the issuer holds every role and no supply yet.</summary>
    private static Message DeploySuite()
    {
        const int word = UInt256.SizeBytes;
        UInt256 issuer = AbiWords.ToWord(Issuer);
        UInt256 zero = UInt256.Zero;
        // Name and symbol, the only texts, lie behind the ten words of the parameters.
        UInt256[] parameters = [10 * word, 12 * word, 18, zero, issuer, issuer, issuer, issuer, issuer, UInt256.One << 150, 5, AbiWords.ToWord("Bench"), 3, AbiWords.ToWord("BNC")];
        // Fourteen words of rules, then three empty lists.
        UInt256[] setup = [.. Enumerable.Repeat(zero, 14), 17 * word, 18 * word, 19 * word, zero, zero, zero];
        return TokenRules.Call(Issuer, AssetFactory,
            "deploySuite((string,string,uint8,bytes32,address,address,address,address,address,uint256),"
            + "((uint32,uint8,uint8,uint8,uint32,uint32,uint64,uint16,bool,uint96,uint256,uint256,uint256,bytes32),uint16[],uint32[],uint224[]),bytes32,uint256)",
            [4 * word, (ulong)(4 + parameters.Length) * word, zero, zero, .. parameters, .. setup]);
    }
}
