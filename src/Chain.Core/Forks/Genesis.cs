using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;

namespace Chain.Core.Forks;

/// <summary>The block that a chain begins with, as a genesis file describes it.</summary>
public sealed record Genesis
{
    /// <summary>Gas limit of a genesis file that gives none or zero (go-ethereum's).</summary>
    public const ulong DefaultGasLimit = 4_712_388;

    /// <summary>Seal nonce.</summary>
    public ulong Nonce { get; init; }

    /// <summary>Seconds since the Unix epoch.</summary>
    public ulong Timestamp { get; init; }

    /// <summary>Extra data.</summary>
    public ReadOnlyMemory<byte> ExtraData { get; init; }

    /// <summary>Gas limit.</summary>
    public ulong GasLimit { get; init; } = DefaultGasLimit;

    /// <summary>Difficulty.</summary>
    public UInt256 Difficulty { get; init; }

    /// <summary>Mix hash or PREVRANDAO.</summary>
    public Hash256 MixHash { get; init; }

    /// <summary>Fee recipient.</summary>
    public Address Coinbase { get; init; }

    /// <summary>Height; 0 but in tests.</summary>
    public ulong Number { get; init; }

    /// <summary>Gas used; 0 but in tests.</summary>
    public ulong GasUsed { get; init; }

    /// <summary>Parent hash; zero but in tests.</summary>
    public Hash256 ParentHash { get; init; }

    /// <summary>Base fee in wei; null for the initial one, where the fork has one.</summary>
    public UInt256? BaseFeePerGas { get; init; }

    /// <summary>Excess blob gas; null for 0.</summary>
    public ulong? ExcessBlobGas { get; init; }

    /// <summary>Blob gas used; null for 0.</summary>
    public ulong? BlobGasUsed { get; init; }

    /// <summary>Accounts of the state.</summary>
    public IReadOnlyDictionary<Address, GenesisAccount> Alloc { get; init; } = new Dictionary<Address, GenesisAccount>();

    /// <summary>The header: optional fields as the fork at genesis demands them, with the lists empty.</summary>
    /// <param name="stateRoot">Root of the state made of <see cref="Alloc"/>.</param>
    /// <param name="rules">Rules at genesis (<see cref="ChainSpec.GenesisRules"/>).</param>
    public BlockHeader ToHeader(Hash256 stateRoot, ForkRules rules) => new()
    {
        ParentHash = ParentHash,
        OmmersHash = BlockHeader.EmptyOmmersHash,
        Beneficiary = Coinbase,
        StateRoot = stateRoot,
        TransactionsRoot = Account.EmptyTrieRoot,
        ReceiptsRoot = Account.EmptyTrieRoot,
        Difficulty = Difficulty,
        Number = Number,
        GasLimit = GasLimit == 0 ? DefaultGasLimit : GasLimit,
        GasUsed = GasUsed,
        Timestamp = Timestamp,
        ExtraData = ExtraData,
        MixHash = MixHash,
        Nonce = Nonce,
        BaseFeePerGas = rules.Fork >= Fork.London ? BaseFeePerGas ?? FeeMarket.InitialBaseFee : null,
        WithdrawalsRoot = rules.Fork >= Fork.Shanghai ? Account.EmptyTrieRoot : null,
        BlobGasUsed = rules.Fork >= Fork.Cancun ? BlobGasUsed ?? 0 : null,
        ExcessBlobGas = rules.Fork >= Fork.Cancun ? ExcessBlobGas ?? 0 : null,
        ParentBeaconBlockRoot = rules.Fork >= Fork.Cancun ? Hash256.Zero : null,
        RequestsHash = rules.Fork >= Fork.Prague ? ExecutionRequests.EmptyHash : null,
    };

    /// <summary>The block: the header, and an empty body.</summary>
    public Block ToBlock(Hash256 stateRoot, ForkRules rules) => new()
    {
        Header = ToHeader(stateRoot, rules),
        Withdrawals = rules.Fork >= Fork.Shanghai ? [] : null,
    };
}

/// <summary>An account of the genesis state.</summary>
/// <param name="Balance">Balance in wei.</param>
/// <param name="Nonce">Nonce.</param>
/// <param name="Code">Code; empty for none.</param>
/// <param name="Storage">Slots that are not zero.</param>
public sealed record GenesisAccount(UInt256 Balance, ulong Nonce, ReadOnlyMemory<byte> Code, IReadOnlyDictionary<UInt256, UInt256> Storage);
