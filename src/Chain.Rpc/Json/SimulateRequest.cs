using System.Text.Json;
using Chain.Consensus.Simulation;
using Chain.Core.Primitives;

namespace Chain.Rpc.Json;

/// <summary>The first argument of eth_simulateV1.</summary>
/// <param name="Blocks">Blocks to simulate.</param>
/// <param name="Options">How.</param>
/// <param name="FullTransactions">True to answer with transaction objects, not hashes.</param>
public sealed record SimulateRequest(IReadOnlyList<BlockPlan> Blocks, BlockSimulationOptions Options, bool FullTransactions)
{
    // One more than can be simulated, so that the simulator has the word on its own limit.
    private const int BlocksReadMax = 4 * BlockSimulator.BlocksMax;

    internal static string? Read(JsonElement element, out SimulateRequest value)
    {
        ObjectReader reader = new(element, "simulation");
        List<BlockPlan> blocks = reader.List<BlockPlan>("blockStateCalls"u8, ReadBlock) ?? [];
        value = new SimulateRequest(
            blocks,
            new BlockSimulationOptions { Validation = reader.Value<bool>("validation"u8) ?? false, TraceTransfers = reader.Value<bool>("traceTransfers"u8) ?? false },
            reader.Value<bool>("returnFullTransactions"u8) ?? false);
        return reader.Error ?? (blocks.Count > BlocksReadMax ? $"more than {BlocksReadMax} blocks" : null);
    }

    private static string? ReadBlock(JsonElement element, out BlockPlan value)
    {
        ObjectReader reader = new(element, "block");
        BlockOverride? block = reader.Object<BlockOverride>("blockOverrides"u8, SimulationReaders.ReadBlockOverride);
        IReadOnlyDictionary<Address, StateOverride>? state = reader.Object<IReadOnlyDictionary<Address, StateOverride>>("stateOverrides"u8, SimulationReaders.ReadStateOverrides);
        value = new BlockPlan(block, state, reader.List<CallRequest>("calls"u8, SimulationReaders.ReadCall) ?? []);
        return reader.Error;
    }
}
