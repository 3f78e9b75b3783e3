using System.Globalization;
using System.Text.Json;
using Chain.Consensus.Pool;
using Chain.Core.Primitives;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>txpool</c>.</summary>
/// <param name="chain">The chain.</param>
public sealed class TxPoolMethods(RpcChain chain)
{
    /// <summary>Numbers of executable and of waiting transactions.</summary>
    [RpcMethod("txpool_status", Result = "PoolStatus")]
    public IJsonWritable Status()
    {
        ulong pending = 0;
        ulong queued = 0;
        foreach ((_, IReadOnlyList<PooledTransaction> executable, IReadOnlyList<PooledTransaction> waiting) in chain.Pool.Content())
        {
            pending += (ulong)executable.Count;
            queued += (ulong)waiting.Count;
        }
        return new PoolStatusJson(pending, queued);
    }

    /// <summary>All transactions by sender and nonce.</summary>
    [RpcMethod("txpool_content", Heavy = true, Result = "PoolContent")]
    public IJsonWritable Content() => new PoolContentJson(chain.Pool.Content(), Inspect: false);

    /// <summary>All transactions by sender and nonce, each as one line of text.</summary>
    [RpcMethod("txpool_inspect", Heavy = true, Result = "PoolLines")]
    public IJsonWritable Inspect() => new PoolContentJson(chain.Pool.Content(), Inspect: true);

    /// <summary>The transactions of one sender, by nonce.</summary>
    [RpcMethod("txpool_contentFrom", Heavy = true, Example = """["{account}"]""", Result = "SenderContent")]
    public IJsonWritable ContentFrom([RpcParameter("address")] Address sender) => new SenderContentJson(chain.Pool.Content().FirstOrDefault(content => content.Sender == sender));

    private static void WriteByNonce(Utf8JsonWriter writer, IReadOnlyList<PooledTransaction>? transactions, bool inspect)
    {
        writer.WriteStartObject();
        foreach (PooledTransaction pooled in transactions ?? [])
        {
            writer.WritePropertyName(pooled.Transaction.Nonce.ToString(CultureInfo.InvariantCulture));
            if (!inspect)
            {
                RpcChain.ToJson(pooled).WriteTo(writer);
                continue;
            }
            string to = pooled.Transaction.To is { } address ? address.ToChecksumText() : "contract creation";
            writer.WriteStringValue($"{to}: {pooled.Transaction.Value} wei + {pooled.Transaction.GasLimit} gas × {pooled.Transaction.MaxFeePerGas} wei");
        }
        writer.WriteEndObject();
    }

    private sealed record PoolStatusJson(ulong Pending, ulong Queued) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteQuantity("pending"u8, Pending);
            writer.WriteQuantity("queued"u8, Queued);
            writer.WriteEndObject();
        }
    }

    private sealed record PoolContentJson(
        IReadOnlyList<(Address Sender, IReadOnlyList<PooledTransaction> Executable, IReadOnlyList<PooledTransaction> Queued)> Senders, bool Inspect) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            foreach (bool executable in (ReadOnlySpan<bool>)[true, false])
            {
                writer.WriteStartObject(executable ? "pending"u8 : "queued"u8);
                foreach ((Address sender, IReadOnlyList<PooledTransaction> ready, IReadOnlyList<PooledTransaction> waiting) in Senders)
                {
                    IReadOnlyList<PooledTransaction> list = executable ? ready : waiting;
                    if (list.Count == 0) continue;
                    writer.WritePropertyName(sender.ToChecksumText());
                    WriteByNonce(writer, list, Inspect);
                }
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
    }

    private sealed record SenderContentJson((Address Sender, IReadOnlyList<PooledTransaction> Executable, IReadOnlyList<PooledTransaction> Queued) Content) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("pending"u8);
            WriteByNonce(writer, Content.Executable, inspect: false);
            writer.WritePropertyName("queued"u8);
            WriteByNonce(writer, Content.Queued, inspect: false);
            writer.WriteEndObject();
        }
    }
}
