using System.Text.Json;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.Tracing;
using Chain.Rpc.Json;

namespace Chain.Rpc.Tracers;

/// <summary>What a replay of the trace namespace is to give.</summary>
/// <param name="Frames">The list of frames (<c>trace</c>).</param>
/// <param name="StateDifference">What changed in the state (<c>stateDiff</c>).</param>
public sealed record TraceKinds(bool Frames, bool StateDifference)
{
    /// <summary>The frames alone.</summary>
    public static TraceKinds FramesOnly { get; } = new(true, false);

    internal static string? Read(JsonElement element, out TraceKinds value)
    {
        value = FramesOnly;
        if (element.ValueKind != JsonValueKind.Array) return HexReader.WrongKind(element, "an array of trace kinds");
        bool frames = false;
        bool difference = false;
        foreach (JsonElement item in element.EnumerateArray())
        {
            switch (item.ValueKind == JsonValueKind.String ? item.GetString() : null)
            {
                case "trace": frames = true; break;
                case "stateDiff": difference = true; break;
                case "vmTrace": return "the kind \"vmTrace\" is not made here: use debug_traceTransaction for the log of opcodes";
                default: return HexReader.Bad("unknown trace kind, \"trace\" or \"stateDiff\" is expected", item);
            }
        }
        value = new TraceKinds(frames, difference);
        return null;
    }
}

/// <summary>Which frames trace_filter wants.</summary>
/// <param name="From">First block; null for the first of all.</param>
/// <param name="To">Last block; null for the head.</param>
/// <param name="Senders">Senders wanted; empty for any.</param>
/// <param name="Recipients">Recipients wanted; empty for any.</param>
/// <param name="After">Frames left out at the beginning.</param>
/// <param name="Count">Most frames.</param>
public sealed record TraceFilter(BlockParameter? From, BlockParameter? To, IReadOnlyList<Address> Senders, IReadOnlyList<Address> Recipients, ulong After, ulong Count)
{
    /// <summary>Most frames of one answer.</summary>
    public const ulong CountMax = 100_000;

    private const int AddressesMax = 1_000;

    internal bool Matches(CallFrame frame)
    {
        if (Senders.Count == 0 && Recipients.Count == 0) return true;
        return (Senders.Count == 0 || Senders.Contains(frame.From)) && (Recipients.Count == 0 || Recipients.Contains(frame.To));
    }

    internal static string? Read(JsonElement element, out TraceFilter value)
    {
        ObjectReader reader = new(element, "trace filter");
        List<Address> senders = reader.List<Address>("fromAddress"u8, HexReader.ReadAddress) ?? [];
        List<Address> recipients = reader.List<Address>("toAddress"u8, HexReader.ReadAddress) ?? [];
        value = new TraceFilter(
            reader.Value<BlockParameter>("fromBlock"u8), reader.Value<BlockParameter>("toBlock"u8), senders, recipients,
            reader.Value<LooseNumber>("after"u8)?.Value ?? 0, Math.Min(reader.Value<LooseNumber>("count"u8)?.Value ?? CountMax, CountMax));
        return reader.Error ?? (senders.Count > AddressesMax || recipients.Count > AddressesMax ? $"more than {AddressesMax} addresses" : null);
    }
}

/// <summary>Makes what the trace namespace's replays give: output, frames, differences of the state.</summary>
internal sealed class ReplayTracer(TraceSubject subject, TraceKinds kinds) : ITransactionTracer
{
    private readonly PrestateTracer? _prestate = kinds.StateDifference ? new PrestateTracer(subject, default) : null;

    public CallRecorder Recorder { get; } = new(subject);

    /// <summary>Written when given.</summary>
    public Hash256? TransactionHash { get; init; }

    public void OnFrameEnter(in FrameStart start)
    {
        Recorder.OnFrameEnter(start);
        _prestate?.OnFrameEnter(start);
    }

    public void OnFrameExit(FrameStatus status, ulong gasLeft, ReadOnlySpan<byte> output) => Recorder.OnFrameExit(status, gasLeft, output);

    public void OnAccountAccess(in Address account) => _prestate?.OnAccountAccess(account);

    public void OnStorageAccess(in Address account, in UInt256 key, bool isWrite) => _prestate?.OnStorageAccess(account, key, isWrite);

    public void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance)
    {
        Recorder.OnSelfDestruct(account, beneficiary, balance);
        _prestate?.OnSelfDestruct(account, beneficiary, balance);
    }

    public void Finish(Utf8JsonWriter writer, TransactionResult result)
    {
        CallFrame root = Recorder.Finish(result);
        writer.WriteStartObject();
        writer.WriteData("output"u8, root.IsCreation && result.Succeeded ? result.Output.Span : root.Output);
        writer.WritePropertyName("stateDiff"u8);
        if (_prestate is null) writer.WriteNullValue();
        else _prestate.WriteDifference(writer);
        writer.WriteStartArray("trace"u8);
        if (kinds.Frames)
        {
            foreach (FlatFrame flat in FlatCallWriter.Flatten(root)) FlatCallWriter.Write(writer, flat, flat.Frame.Gas, flat.Frame.GasUsed, null);
        }
        writer.WriteEndArray();
        if (TransactionHash is { } hash) writer.WriteHash("transactionHash"u8, hash);
        writer.WriteNull("vmTrace"u8);
        writer.WriteEndObject();
    }
}
