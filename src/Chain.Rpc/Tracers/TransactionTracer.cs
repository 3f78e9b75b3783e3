using System.Text.Json;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.State;
using Chain.Evm.Tracing;

namespace Chain.Rpc.Tracers;

/// <summary>A tracer of one transaction that writes its result as JSON.</summary>
public interface ITransactionTracer : ITracer
{
    /// <summary>Writes the result, one JSON value (or the rest of it, for a tracer that began to write earlier).</summary>
    void Finish(Utf8JsonWriter writer, TransactionResult result);
}

/// <summary>What a tracer may know of the transaction that it is about to watch.</summary>
public sealed record TraceSubject
{
    /// <summary>State, before the transaction when the tracer is made, after it when it writes.</summary>
    public required WorldState State { get; init; }

    /// <summary>Block.</summary>
    public required BlockContext Block { get; init; }

    /// <summary>Transaction.</summary>
    public required Transaction Transaction { get; init; }

    /// <summary>Its sender.</summary>
    public required Address Sender { get; init; }

    /// <summary>Hash of the block; null for a call.</summary>
    public Hash256? BlockHash { get; init; }

    /// <summary>Index in the block.</summary>
    public int Index { get; init; }

    /// <summary>How it is to be traced.</summary>
    public required TraceOptions Options { get; init; }

    /// <summary>Where a tracer that writes while it watches writes to.</summary>
    public required Utf8JsonWriter Writer { get; init; }

    /// <summary>Ends the trace.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Most bytes a tracer keeps in memory.</summary>
    public long BytesMax { get; init; } = 256L << 20;
}
