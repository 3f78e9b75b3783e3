using Chain.Consensus.Building;
using Chain.Core.Forks;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;
using Chain.Evm;
using Chain.Rpc.Engine;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>testing</c>: blocks built to order, which stay outside the chain.</summary>
/// <param name="chain">The chain.</param>
public sealed class TestingMethods(RpcChain chain)
{
    /// <summary>Builds a block on a parent of exactly these transactions, or of the pool's when null is given, and answers as engine_getPayloadV4 does.</summary>
    [RpcMethod("testing_buildBlockV1", Work = RpcWork.Call, Example = """["{block}",{"timestamp":"0xf4865700","prevRandao":"{block}","suggestedFeeRecipient":"{account}","withdrawals":[],"parentBeaconBlockRoot":"{block}"},[],"0x"]""", Faults = RpcFaults.Execution, Result = "BuiltPayload")]
    public RpcResult<IJsonWritable> BuildBlock([RpcParameter("Parent block hash")] Hash256 parentHash, [RpcParameter("Payload attributes")] PayloadAttributes attributes, [RpcParameter("Transactions", Required = true)] ReadOnlyMemory<byte>[]? transactions = null, ReadOnlyMemory<byte>? extraData = null)
    {
        if (chain.Blocks.GetHeader(parentHash) is not { } parent) return RpcError.Server($"parent block {parentHash} not found");
        if (!chain.Manager.Database.States.TryGetStateAt(parentHash).TryGet(out _)) return RpcError.Server($"the state of parent block {parentHash} is not available");
        if (attributes.Timestamp <= parent.Timestamp) return RpcError.InvalidParams($"timestamp {attributes.Timestamp} is not above the parent's, {parent.Timestamp}");
        if (extraData is { Length: > Consensus.Rules.HeaderRules.ExtraDataSizeBytesMax } extra) return RpcError.InvalidArgument(3, $"{extra.Length} bytes of extra data: at most {Consensus.Rules.HeaderRules.ExtraDataSizeBytesMax}");
        BuildRequest request = attributes.ToRequest(parentHash, FeeMarket.GasLimitTowards(parent.GasLimit, PayloadAttributes.GasLimitWanted)) with { ExtraData = extraData ?? default };
        if (transactions is null) return new PayloadEnvelopeJson(chain.Manager.Build(request), PayloadVersion.V4);

        List<Transaction> decoded = new(transactions.Length);
        for (int i = 0; i < transactions.Length; i++)
        {
            if (!TransactionCodec.TryDecode(transactions[i].Span, out Transaction? transaction, out TransactionError error))
                return RpcError.InvalidArgument(2, $"transaction {i} is not a signed transaction: {ErrorNames.ToFixtureName(error)}");
            decoded.Add(transaction);
        }
        BuiltBlock? built = chain.Manager.BuildExactly(request, decoded, out (int Index, TransactionError Error) failed);
        if (built is not null) return new PayloadEnvelopeJson(built, PayloadVersion.V4);
        decoded[failed.Index].TryRecoverSender(out Address sender);
        return ExecutionErrors.OfCall(TransactionResult.Refused(failed.Error), sender, decoded[failed.Index].GasLimit, chain.ReasonName)!;
    }
}
