using System.Text.Json.Nodes;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Core.Types.Transactions;

namespace Chain.Node.Operators;

/// <summary>A transaction in a block.</summary>
/// <param name="Hash">Its hash.</param>
/// <param name="BlockNumber">Its block.</param>
/// <param name="GasUsed">Gas it used.</param>
/// <param name="Receipt">The whole receipt.</param>
internal sealed record SentTransaction(Hash256 Hash, ulong BlockNumber, ulong GasUsed, JsonNode Receipt);

/// <summary>Signs calls of modules, sends them and waits until they are in a block.</summary>
/// <param name="node">The node.</param>
/// <param name="account">Who signs.</param>
/// <param name="timeoutSeconds">How long to wait for a block.</param>
internal sealed class TransactionSender(NodeClient node, OperatorAccount account, int timeoutSeconds)
{
    private const int PollIntervalMs = 100;
    private const ulong DefaultTipWei = 1_000_000_000;

    private ulong? _chainId;

    /// <summary>Sends a call. A refusal, before or in the block, is the user's error, with the module's reason.</summary>
    /// <param name="module">The module.</param>
    /// <param name="calldata">The call.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public SentTransaction Send(in Address module, byte[] calldata, CancellationToken cancellation)
    {
        _chainId ??= NodeClient.Number(node.Call("eth_chainId"));
        ulong gas = Estimate(module, calldata);
        ulong nonce = NodeClient.Number(node.Call("eth_getTransactionCount", account.Address.ToString(), "pending"));
        JsonNode head = node.Call("eth_getBlockByNumber", "latest", false) ?? throw new UserException("The node has no block.");
        UInt256 baseFee = head["baseFeePerGas"] is { } fee ? UInt256.Parse((string)fee!) : UInt256.Zero;
        UInt256 tip = node.TryCall(out JsonNode? suggested, "eth_maxPriorityFeePerGas") is null && suggested is not null ? UInt256.Parse((string)suggested!) : DefaultTipWei;
        Transaction transaction = new()
        {
            Type = TransactionType.DynamicFee,
            ChainId = _chainId,
            Nonce = nonce,
            To = module,
            Data = calldata,
            // What a call costs may rise until its block: a slot that another transaction filled or emptied. The rest comes back.
            GasLimit = Math.Min(gas + (gas / 5) + 10_000, NodeClient.Number(head["gasLimit"])),
            MaxFeePerGas = (baseFee * 2) + tip,
            MaxPriorityFeePerGas = tip,
        };
        string raw = Hex.Encode(TransactionCodec.Encode(TransactionSigner.Sign(transaction, account.PrivateKey)));
        Hash256 hash = Hash256.Parse((string)node.Call("eth_sendRawTransaction", raw)!);
        return Await(hash, module, calldata, cancellation);
    }

    /// <summary>Gas of a call in the next block; not at the head, whose time may be long past on an idle chain.</summary>
    public ulong Estimate(in Address module, byte[] calldata) => NodeClient.Number(node.Call("eth_estimateGas", NodeClient.Transaction(module, calldata, account.Address), "pending"));

    private SentTransaction Await(Hash256 hash, in Address module, byte[] calldata, CancellationToken cancellation)
    {
        long deadline = Environment.TickCount64 + (timeoutSeconds * 1_000L);
        while (Environment.TickCount64 < deadline)
        {
            if (node.Call("eth_getTransactionReceipt", hash.ToString()) is { } receipt)
            {
                ulong block = NodeClient.Number(receipt["blockNumber"]);
                if (NodeClient.Number(receipt["status"]) == 1) return new SentTransaction(hash, block, NodeClient.Number(receipt["gasUsed"]), receipt.DeepClone());
                string reason = node.TryCall(out _, "eth_call", NodeClient.Transaction(module, calldata, account.Address), receipt["blockNumber"]) is { } error
                    ? node.Describe("eth_call", error)
                    : "the state has changed since, look at the transaction's trace.";
                throw new UserException($"Transaction {hash} failed in block {block}: {reason}");
            }
            if (cancellation.WaitHandle.WaitOne(PollIntervalMs)) break;
        }
        throw new UserException($"Transaction {hash} is in no block yet: it may still come; look again before you send it a second time.");
    }
}
