using System.Text.Json;
using Chain.Core.Crypto;
using Chain.Core.Forks;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.State;
using Chain.Core.Types;
using Chain.Evm.State;

namespace Chain.Node.Conformance;

/// <summary>One verdict of a state test: a transaction, the block and state it meets, and what shall come of it. Lives as long as its JSON document.</summary>
internal sealed class StateTestCase
{
    private readonly JsonElement _test;
    private readonly JsonElement _post;
    private readonly string _fork;

    private StateTestCase(string name, JsonElement test, string fork, JsonElement post, MemoryState pre)
    {
        Name = name;
        Pre = pre;
        _test = test;
        _fork = fork;
        _post = post;
    }

    /// <summary>File, test, fork and index.</summary>
    public string Name { get; }

    /// <summary>State before; shared by the cases of a test.</summary>
    public MemoryState Pre { get; }

    /// <summary>Expected refusal: names separated by <c>|</c>; null when the transaction must run.</summary>
    public string? ExpectedException => _post.TryMember("expectException", out JsonElement value) ? value.GetString() : null;

    /// <summary>
    /// True for the older collections, which have no <c>config</c>: they end the block with a miner's reward of zero. It touches the coinbase, so that before EIP-158
    /// it exists afterwards even when the transaction was refused or destroyed it.
    /// </summary>
    public bool HasZeroReward => !_test.TryMember("config", out _);

    /// <summary>Expected state root.</summary>
    public Hash256 ExpectedRoot => FixtureJson.Hash(_post.GetProperty("hash"));

    /// <summary>Expected hash of the RLP list of logs.</summary>
    public Hash256 ExpectedLogsHash => FixtureJson.Hash(_post.GetProperty("logs"));

    /// <summary>The whole expected state, where the fixture has it.</summary>
    public MemoryState? ExpectedState => _post.TryMember("state", out JsonElement state) ? FixtureJson.State(state) : null;

    private ulong ChainId => _test.TryMember("config", out JsonElement config) && config.TryMember("chainid", out JsonElement id) ? FixtureJson.Long(id) : 1;

    /// <summary>All cases of a file.</summary>
    /// <exception cref="FormatException">Not a state test.</exception>
    public static IEnumerable<StateTestCase> ReadAll(string fileName, JsonElement file)
    {
        foreach (JsonProperty test in file.EnumerateObject())
        {
            if (!test.Value.TryGetProperty("post", out JsonElement posts) || !test.Value.TryGetProperty("pre", out JsonElement pre))
                throw new FormatException($"'{test.Name}' has no 'pre' and 'post': not a state test.");
            MemoryState state = FixtureJson.State(pre);
            foreach (JsonProperty fork in posts.EnumerateObject())
            {
                int index = 0;
                foreach (JsonElement post in fork.Value.EnumerateArray())
                    yield return new StateTestCase($"{fileName}::{test.Name}/{fork.Name}/{index++}", test.Value, fork.Name, post, state);
            }
        }
    }

    /// <summary>The block.</summary>
    /// <param name="modules">Native contracts of the chain.</param>
    /// <exception cref="FormatException">A fork or value this build does not know.</exception>
    public BlockContext ReadBlock(INativeModules modules)
    {
        JsonElement env = _test.GetProperty("env");
        ForkRules rules = ReadRules();
        bool isPaid = rules.Fork >= Fork.London && env.TryMember("currentBaseFee", out _);
        ulong timestamp = FixtureJson.Long(env.GetProperty("currentTimestamp"));
        UInt256 difficulty = env.TryMember("currentDifficulty", out JsonElement value) ? FixtureJson.Word(value) : default;
        return new BlockContext
        {
            Rules = rules,
            ChainId = ChainId,
            Number = FixtureJson.Long(env.GetProperty("currentNumber")),
            Timestamp = timestamp,
            GasLimit = FixtureJson.Long(env.GetProperty("currentGasLimit")),
            Coinbase = FixtureJson.Address(env.GetProperty("currentCoinbase")),
            Difficulty = rules.Fork >= Fork.Paris ? default : difficulty,
            PrevRandao = env.TryMember("currentRandom", out JsonElement random) ? FixtureJson.Hash(random) : default,
            BaseFee = isPaid ? FixtureJson.Word(env.GetProperty("currentBaseFee")) : default,
            BlobBaseFee = FeeMarket.BlobBaseFee(env.TryMember("currentExcessBlobGas", out JsonElement excess) ? FixtureJson.Long(excess) : 0, rules),
            BlockHashes = NumberHashes.Instance,
            Precompiles = modules.PrecompilesAt(rules, timestamp),
            DecisionLog = modules.DecisionLogAt(timestamp),
        };
    }

    /// <summary>The transaction from its parts, not signed; for fixtures without its bytes.</summary>
    /// <exception cref="FormatException">A value that no transaction can carry.</exception>
    public Transaction BuildTransaction()
    {
        JsonElement tx = _test.GetProperty("transaction");
        JsonElement indexes = _post.GetProperty("indexes");
        int dataIndex = indexes.GetProperty("data").GetInt32();
        IReadOnlyList<AccessListEntry>? accessList = ReadAccessList(tx, dataIndex);
        bool hasFeeCap = tx.TryMember("maxFeePerGas", out JsonElement feeCap);
        UInt256 price = FixtureJson.Word(hasFeeCap ? feeCap : tx.GetProperty("gasPrice"));
        bool hasAuthorizations = tx.TryMember("authorizationList", out JsonElement authorizations);
        bool hasBlobs = tx.TryMember("blobVersionedHashes", out JsonElement hashes);
        TransactionType type = hasAuthorizations ? TransactionType.SetCode
            : hasBlobs ? TransactionType.Blob
            : hasFeeCap ? TransactionType.DynamicFee
            : accessList is not null ? TransactionType.AccessList
            : TransactionType.Legacy;
        return new Transaction
        {
            Type = type,
            ChainId = type == TransactionType.Legacy ? null : ChainId,
            Nonce = FixtureJson.Long(tx.GetProperty("nonce")),
            MaxFeePerGas = price,
            MaxPriorityFeePerGas = hasFeeCap && tx.TryMember("maxPriorityFeePerGas", out JsonElement priority) ? FixtureJson.Word(priority) : price,
            GasLimit = FixtureJson.Long(tx.GetProperty("gasLimit")[indexes.GetProperty("gas").GetInt32()]),
            To = FixtureJson.OptionalAddress(tx.GetProperty("to")),
            Value = FixtureJson.Word(tx.GetProperty("value")[indexes.GetProperty("value").GetInt32()]),
            Data = FixtureJson.Bytes(tx.GetProperty("data")[dataIndex]),
            AccessList = accessList ?? [],
            MaxFeePerBlobGas = tx.TryMember("maxFeePerBlobGas", out JsonElement blobFee) ? FixtureJson.Word(blobFee) : default,
            BlobVersionedHashes = hasBlobs ? [.. hashes.EnumerateArray().Select(FixtureJson.Hash)] : [],
            AuthorizationList = hasAuthorizations ? [.. authorizations.EnumerateArray().Select(ReadAuthorization)] : [],
        };
    }

    /// <summary>The sender's private key.</summary>
    public byte[] SecretKey => FixtureJson.Word(_test.GetProperty("transaction").GetProperty("secretKey")).ToBigEndian();

    /// <summary>The signed bytes of the transaction, where the fixture has them.</summary>
    public byte[]? TransactionBytes => _post.TryMember("txbytes", out JsonElement bytes) ? FixtureJson.Bytes(bytes) : null;

    private static IReadOnlyList<AccessListEntry>? ReadAccessList(JsonElement tx, int dataIndex)
    {
        if (!tx.TryMember("accessLists", out JsonElement lists) || lists.GetArrayLength() <= dataIndex) return null;
        JsonElement list = lists[dataIndex];
        return list.ValueKind == JsonValueKind.Null ? null : [.. list.EnumerateArray().Select(ReadAccessListEntry)];
    }

    private static AccessListEntry ReadAccessListEntry(JsonElement entry) => new(
        FixtureJson.Address(entry.GetProperty("address")),
        [.. entry.GetProperty("storageKeys").EnumerateArray().Select(FixtureJson.Word)]);

    private static Authorization ReadAuthorization(JsonElement tuple) => new(
        FixtureJson.Word(tuple.GetProperty("chainId")),
        FixtureJson.Address(tuple.GetProperty("address")),
        FixtureJson.Long(tuple.GetProperty("nonce")),
        (byte)FixtureJson.Long(tuple.GetProperty("v")),
        FixtureJson.Word(tuple.GetProperty("r")),
        FixtureJson.Word(tuple.GetProperty("s")));

    private ForkRules ReadRules()
    {
        if (!FixtureNetworks.TryParseFork(_fork, out Fork fork)) throw new FormatException($"Fork '{_fork}' is not known.");
        ForkRules rules = ForkTable.Rules(fork);
        bool isScheduled = _test.TryMember("config", out JsonElement config)
            && config.TryMember("blobSchedule", out JsonElement schedules)
            && schedules.TryMember(_fork, out _);
        if (!isScheduled) return rules;
        JsonElement schedule = config.GetProperty("blobSchedule").GetProperty(_fork);
        return rules with
        {
            Blobs = new BlobSchedule(
                FixtureJson.Long(schedule.GetProperty("target")),
                FixtureJson.Long(schedule.GetProperty("max")),
                FixtureJson.Long(schedule.GetProperty("baseFeeUpdateFraction"))),
        };
    }

    /// <summary>The fixtures' convention: the hash of block n is keccak256 of n in ASCII decimal.</summary>
    private sealed class NumberHashes : IBlockHashes
    {
        public static readonly NumberHashes Instance = new();

        public Hash256 GetBlockHash(ulong number)
        {
            Span<byte> digits = stackalloc byte[20];
            _ = number.TryFormat(digits, out int count, provider: System.Globalization.CultureInfo.InvariantCulture);
            return Keccak256.Hash(digits[..count]);
        }
    }
}
