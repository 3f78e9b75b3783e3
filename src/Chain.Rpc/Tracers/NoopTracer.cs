using System.Text.Json;
using Chain.Evm;

namespace Chain.Rpc.Tracers;

/// <summary>geth's noopTracer: nothing but the execution.</summary>
internal sealed class NoopTracer : ITransactionTracer
{
    public void Finish(Utf8JsonWriter writer, TransactionResult result)
    {
        writer.WriteStartObject();
        writer.WriteEndObject();
    }
}
