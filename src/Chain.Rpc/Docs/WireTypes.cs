using System.Text.Json;
using Chain.Consensus.Simulation;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Rpc.Engine;
using Chain.Rpc.Filters;
using Chain.Rpc.Json;
using Chain.Rpc.Methods;
using Chain.Rpc.Tracers;

namespace Chain.Rpc.Docs;

/// <summary>The one table of wire types: what C# types are on the wire, and the members of objects, in the notation of <see cref="TypeNotation"/>.</summary>
public static class WireTypes
{
    private const string Definitions = """
        Header = {baseFeePerGas?: Quantity, blobGasUsed?: Quantity, difficulty: Quantity, excessBlobGas?: Quantity, extraData: Data, gasLimit: Quantity, gasUsed: Quantity, hash: Hash,
            logsBloom: Bloom, miner: Address, mixHash: Hash, nonce: Bytes8, number: Quantity, parentBeaconBlockRoot?: Hash, parentHash: Hash, receiptsRoot: Hash, requestsHash?: Hash,
            sha3Uncles: Hash, stateRoot: Hash, timestamp: Quantity, transactionsRoot: Hash, withdrawalsRoot?: Hash}
        Block = {...Header, size: Quantity, transactions: (Hash[]|Transaction[]), uncles: Hash[], withdrawals?: Withdrawal[]}
        Withdrawal = {index: Quantity, validatorIndex: Quantity, address: Address, amount: Quantity}
        Transaction = {blockHash: Hash?, blockNumber: Quantity?, blockTimestamp: Quantity?, from: Address, gas: Quantity, gasPrice: Quantity, maxFeePerGas?: Quantity,
            maxPriorityFeePerGas?: Quantity, maxFeePerBlobGas?: Quantity, hash: Hash, input: Data, nonce: Quantity, to: Address?, transactionIndex: Quantity?, value: Quantity, type: Quantity,
            accessList?: AccessListEntry[], chainId?: Quantity, blobVersionedHashes?: Hash[], authorizationList?: Authorization[], v: Quantity, r: Quantity, s: Quantity, yParity?: Quantity}
        AccessListEntry = {address: Address, storageKeys: Hash[]}
        Authorization = {chainId: Quantity, address: Address, nonce: Quantity, yParity: Quantity, r: Quantity, s: Quantity}
        Log = {address: Address, topics: Hash[], data: Data, blockNumber: Quantity, transactionHash: Hash, transactionIndex: Quantity, blockHash: Hash, blockTimestamp: Quantity,
            logIndex: Quantity, removed: Bool}
        ReceiptParts = {blobGasPrice?: Quantity, blobGasUsed?: Quantity, blockHash: Hash, blockNumber: Quantity, contractAddress: Address?, cumulativeGasUsed: Quantity,
            effectiveGasPrice: Quantity, from: Address, gasUsed: Quantity, root?: Hash, status?: Quantity, to: Address?, transactionHash: Hash, transactionIndex: Quantity, type: Quantity}
        Receipt = {...ReceiptParts, logs: Log[], logsBloom: Bloom}
        FeeHistory = {oldestBlock: Quantity, reward?: Quantity[][], baseFeePerGas: Quantity[], gasUsedRatio: Number[], baseFeePerBlobGas: Quantity[], blobGasUsedRatio: Number[]}
        AccountProof = {address: Address, accountProof: Data[], balance: Quantity, codeHash: Hash, nonce: Quantity, storageHash: Hash, storageProof: StorageProof[]}
        StorageProof = {key: (Quantity|Hash), value: Quantity, proof: Data[]}
        Account = {balance: Quantity, nonce: Quantity, codeHash: Hash, storageRoot: Hash}
        AccountInfo = {balance: Quantity, nonce: Quantity, code: Data}
        AccessListResult = {accessList: AccessListEntry[], error?: String, gasUsed: Quantity}
        SignedTransaction = {raw: Data, tx: Transaction}
        CallManyResult = {value?: Data, error?: String}
        SimulatedBlock = {...Block, calls: SimulatedCall[]}
        SimulatedCall = {returnData: Data, logs: Log[], gasUsed: Quantity, maxUsedGas: Quantity, status: Quantity, error?: {message: String, code: Integer, data?: Data}}
        Config = {current: ForkConfig, next: ForkConfig?, last: ForkConfig?}
        ForkConfig = {activationTime: Integer, blobSchedule: {target: Integer, max: Integer, baseFeeUpdateFraction: Integer}?, chainId: Quantity, forkId: Data, precompiles: {*: Address},
            systemContracts: {*: Address}}
        Capabilities = {head: {number: Quantity, hash: Hash}, state: Capability, tx: Capability, logs: Capability, receipts: Capability, blocks: Capability, stateproofs: Capability}
        Capability = {disabled: Bool, oldestBlock: Quantity}
        PoolStatus = {pending: Quantity, queued: Quantity}
        PoolContent = {pending: {*: {*: Transaction}}, queued: {*: {*: Transaction}}}
        PoolLines = {pending: {*: {*: String}}, queued: {*: {*: String}}}
        SenderContent = {pending: {*: Transaction}, queued: {*: Transaction}}
        Explanation = {status: ("mined"|"pending"|"queued"|"dropped"|"unknown"), reason: String}
        BadBlock = {block: Block, hash: Hash, rlp: Data}
        Trace = (OpcodeTrace|CallFrame|FlatFrame[]|Prestate|PrestateDifference|{*: Any})
        OpcodeTrace = {structLogs: OpcodeStep[], gas: Integer, failed: Bool, returnValue: Data}
        OpcodeStep = {pc: Integer, op: String, gas: Integer, depth: Integer, refund?: Integer, stack?: Quantity[], memory?: Word[], returnData?: Data, gasCost: Integer, error?: String,
            storage?: {*: Word}}
        CallFrame = {from: Address, gas: Quantity, gasUsed: Quantity, to?: Address, input: Data, output?: Data, error?: String, revertReason?: String, calls?: CallFrame[], logs?: CallLog[],
            value?: Quantity, type: String}
        CallLog = {address: Address, topics: Hash[], data: Data, index: Quantity, position: Quantity}
        Prestate = {*: PrestateAccount}
        PrestateAccount = {balance?: Quantity, nonce?: Integer, code?: Data, codeHash?: Hash, storage?: {*: Word}}
        PrestateDifference = {post: Prestate, pre: Prestate}
        BlockTraces = {txHash: Hash, result: Trace}[]
        StorageRange = {storage: {*: {key: Null, value: Word}}, nextKey: Hash?}
        AccountRange = {root: String, accounts: {*: {balance: String, nonce: Integer, root: Hash, codeHash: Hash, code?: Data, storage?: {*: String}, key: Hash}}, next?: String}
        Witness = {state: Data[], codes: Data[], keys: Data[], headers: Data[]}
        FlatFrame = {action: FlatAction, blockHash?: Hash, blockNumber?: Integer, error?: String, result: FlatResult?, subtraces: Integer, traceAddress: Integer[], transactionHash?: Hash,
            transactionPosition?: Integer, type: String}
        FlatAction = {address?: Address, balance?: Quantity, refundAddress?: Address, callType?: String, creationMethod?: String, from?: Address, gas?: Quantity, init?: Data, input?: Data,
            to?: Address, value?: Quantity}
        FlatResult = {address?: Address, code?: Data, gasUsed: Quantity, output?: Data}
        Replay = {output: Data, stateDiff: {*: StateDifference}?, trace: FlatFrame[], transactionHash?: Hash, vmTrace: Null}
        StateDifference = {balance: Any, code: Any, nonce: Any, storage: {*: Any}}
        InternalOperation = {type: Integer, from: Address, to: Address, value: Quantity}
        DepthFrame = {type: String, depth: Integer, from: Address, to: Address, value: Quantity?, input: Data, output: Data}
        BlockSummary = {...Header, size: Quantity, transactionCount: Integer, uncles: Hash[], withdrawals?: Withdrawal[]}
        BlockDetails = {block: BlockSummary, issuance: {blockReward: Quantity, uncleReward: Quantity, issuance: Quantity}, totalFees: Quantity}
        BlockPage = {fullblock: {...BlockSummary, transactions: Transaction[]}, receipts: {...ReceiptParts, logs: Null, logsBloom: Null}[]}
        SearchPage = {txs: Transaction[], receipts: {...Receipt, timestamp: Integer}[], firstPage: Bool, lastPage: Bool}
        Creator = {hash: Hash, creator: Address}
        Peer = {enode: String, connected: Bool}
        NodeInfo = {enode: Null, id: Null, ip: Null, listenAddr: Null, name: String, ports: {discovery: Integer, listener: Integer},
            protocols: {eth: {network: Integer, difficulty: String, genesis: Hash, head: Hash}}}
        DevNodeInfo = {currentBlockNumber: Quantity, currentBlockTimestamp: Integer, currentBlockHash: Hash, hardFork: String, transactionOrder: String,
            environment: {baseFee: Quantity, chainId: Integer, gasLimit: Quantity, gasPrice: Quantity}, forkConfig: {forkUrl: Null, forkBlockNumber: Null, forkRetryBackoff: Null}}
        DevMetadata = {clientVersion: String, chainId: Integer, instanceId: Hash, latestBlockNumber: Integer, latestBlockHash: Hash, snapshots: {*: Any}}
        Payload = {parentHash: Hash, feeRecipient: Address, stateRoot: Hash, receiptsRoot: Hash, logsBloom: Bloom, prevRandao: Hash, blockNumber: Quantity, gasLimit: Quantity,
            gasUsed: Quantity, timestamp: Quantity, extraData: Data, baseFeePerGas: Quantity, blockHash: Hash, transactions: Data[], withdrawals?: Withdrawal[], blobGasUsed?: Quantity,
            excessBlobGas?: Quantity}
        BuiltPayload = {executionPayload: Payload, blockValue: Quantity, blobsBundle: BlobsBundle, shouldOverrideBuilder: Bool,
            executionRequests: Data[]}
        BlobsBundle = {commitments: Bytes48[], proofs: Bytes48[], blobs: Data[]}
        PayloadStatus = {status: ("VALID"|"INVALID"|"SYNCING"|"ACCEPTED"|"INVALID_BLOCK_HASH"), latestValidHash: Hash?, validationError: String?}
        ForkchoiceUpdated = {payloadStatus: PayloadStatus, payloadId: Bytes8?}
        PayloadBody = {transactions: Data[], withdrawals: Withdrawal[]?}
        ClientVersion = {code: String, name: String, version: String, commit: Data}
        TransitionConfiguration = {terminalTotalDifficulty: Quantity, terminalBlockHash: Hash, terminalBlockNumber: Quantity}
        BlockReference = (Quantity|"latest"|"pending"|"earliest"|"safe"|"finalized"|Hash|{blockNumber: Quantity}|{blockHash: Hash, requireCanonical?: Bool})
        LooseNumber = (Quantity|Integer)
        StorageSlot = (Quantity|Hash)
        Call = {from?: Address, to?: Address?, gas?: Quantity, gasPrice?: Quantity, maxFeePerGas?: Quantity, maxPriorityFeePerGas?: Quantity, maxFeePerBlobGas?: Quantity, value?: Quantity,
            nonce?: Quantity, data?: Data, input?: Data, accessList?: AccessListEntry[], blobVersionedHashes?: Hash[], authorizationList?: Authorization[], chainId?: Quantity, type?: Quantity}
        StateOverrides = {*: {balance?: Quantity, nonce?: Quantity, code?: Data, state?: {*: Word}, stateDiff?: {*: Word}, movePrecompileToAddress?: Address}}
        BlockOverrides = {number?: Quantity, difficulty?: Quantity, time?: Quantity, gasLimit?: Quantity, feeRecipient?: Address, prevRandao?: Hash, baseFeePerGas?: Quantity,
            blobBaseFee?: Quantity, beaconRoot?: Hash, withdrawals?: Withdrawal[]}
        LogFilter = {fromBlock?: BlockReference, toBlock?: BlockReference, blockHash?: Hash, address?: (Address|Address[]), topics?: (Hash|Hash[]|Null)[]}
        TraceOptions = {tracer?: String, tracerConfig?: {*: Any}, timeout?: String, disableStack?: Bool, disableStorage?: Bool, enableMemory?: Bool, enableReturnData?: Bool,
            limit?: LooseNumber, txIndex?: LooseNumber, stateOverrides?: StateOverrides, blockOverrides?: BlockOverrides}
        TraceFilter = {fromBlock?: BlockReference, toBlock?: BlockReference, fromAddress?: Address[], toAddress?: Address[], after?: LooseNumber, count?: LooseNumber}
        SimulateRequest = {blockStateCalls: {blockOverrides?: BlockOverrides, stateOverrides?: StateOverrides, calls?: Call[]}[], validation?: Bool, traceTransfers?: Bool,
            returnFullTransactions?: Bool}
        CallBundle = {transactions: Call[], blockOverride?: BlockOverrides}
        CallPlace = {blockNumber?: BlockReference, transactionIndex?: LooseNumber}
        PayloadAttributes = {timestamp: Quantity, prevRandao: Hash, suggestedFeeRecipient: Address, withdrawals?: Withdrawal[], parentBeaconBlockRoot?: Hash}
        ForkchoiceState = {headBlockHash: Hash, safeBlockHash: Hash, finalizedBlockHash: Hash}
        """;

    private static readonly SortedDictionary<string, string> Named = Parse();

    private static readonly Dictionary<Type, string> OfTypes = new()
    {
        [typeof(bool)] = "Bool",
        [typeof(ulong)] = "Quantity",
        [typeof(long)] = "Integer",
        [typeof(UInt256)] = "Quantity",
        [typeof(string)] = "String",
        [typeof(double[])] = "Number[]",
        [typeof(Address)] = "Address",
        [typeof(Hash256)] = "Hash",
        [typeof(ReadOnlyMemory<byte>)] = "Data",
        [typeof(IReadOnlyDictionary<string, string>)] = "{*: String}",
        [typeof(JsonElement)] = "Any",
        [typeof(StorageKey)] = "StorageSlot",
        [typeof(LooseNumber)] = "LooseNumber",
        [typeof(BlockParameter)] = "BlockReference",
        [typeof(CallRequest)] = "Call",
        [typeof(TransactionRequest)] = "Call",
        [typeof(IReadOnlyDictionary<Address, StateOverride>)] = "StateOverrides",
        [typeof(BlockOverride)] = "BlockOverrides",
        [typeof(LogFilter)] = "LogFilter",
        [typeof(TraceOptions)] = "TraceOptions",
        [typeof(TraceKinds)] = "(\"trace\"|\"stateDiff\")[]",
        [typeof(TraceFilter)] = "TraceFilter",
        [typeof(SimulateRequest)] = "SimulateRequest",
        [typeof(CallBundle)] = "CallBundle",
        [typeof(CallPlace)] = "CallPlace",
        [typeof(IReadOnlyDictionary<Address, StorageKey[]>)] = "{*: StorageSlot[]}",
        [typeof(PayloadAttributes)] = "PayloadAttributes",
        [typeof(ForkchoiceState)] = "ForkchoiceState",
        [typeof(PayloadArgument)] = "Payload",
        [typeof(BlockJson)] = "Block",
        [typeof(HeaderJson)] = "Header",
        [typeof(TransactionJson)] = "Transaction",
        [typeof(ReceiptJson)] = "Receipt",
        [typeof(FeeHistoryJson)] = "FeeHistory",
        [typeof(ProofJson)] = "AccountProof",
        [typeof(AccessListJson)] = "AccessListResult",
        [typeof(SignedTransactionJson)] = "SignedTransaction",
    };

    /// <summary>Names of the object types, sorted.</summary>
    public static IEnumerable<string> Names => Named.Keys;

    /// <summary>The definition of a named type.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public static string Of(string name) => Named[name];

    /// <summary>The notation of a C# type on the wire; <c>Any</c> where the type alone does not tell.</summary>
    public static string Of(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return Of(inner);
        if (OfTypes.TryGetValue(type, out string? known)) return known;
        Type? item = type.IsArray ? type.GetElementType()
            : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0]
            : null;
        return item is null ? "Any" : $"{Of(item)}[]";
    }

    private static SortedDictionary<string, string> Parse()
    {
        SortedDictionary<string, string> types = new(StringComparer.Ordinal);
        string? name = null;
        foreach (string line in Definitions.Split('\n'))
        {
            int equals = line.StartsWith(' ') ? -1 : line.IndexOf(" = ", StringComparison.Ordinal);
            if (equals > 0)
            {
                name = line[..equals];
                types[name] = line[(equals + 3)..].TrimEnd();
            }
            else
            {
                types[name!] += " " + line.Trim();
            }
        }
        return types;
    }
}
