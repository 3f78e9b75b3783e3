using System.Text.Json;
using Chain.Consensus;
using Chain.Consensus.Simulation;
using Chain.Core.Primitives;
using Chain.Core.Results;
using Chain.Evm.Frames;
using Chain.Rpc.Abi;
using Chain.Rpc.Json;
using Chain.Rpc.Model;
using Chain.Storage.State;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>eth</c>: simulated blocks.</summary>
/// <param name="chain">The chain.</param>
public sealed class EthSimulateMethods(RpcChain chain)
{
    private readonly BlockSimulator _simulator = new(chain.Simulator);

    /// <summary>Simulates blocks of calls on top of a block, with changed state and block fields.</summary>
    [RpcMethod("eth_simulateV1", Heavy = true, Example = """[{"blockStateCalls":[{"calls":[{"from":"{account}","to":"{contract}"}]}]},"latest"]""", Faults = RpcFaults.State | RpcFaults.Simulation, Result = "SimulatedBlock[]")]
    public RpcResult<IJsonWritable[]> Simulate([RpcParameter("Payload")] SimulateRequest request, [RpcParameter("Block tag")] BlockParameter block = default, CancellationToken cancellation = default)
    {
        if (chain.TryFindState(block, out NamedBlock found, out IStateView state) is { } error) return error;
        BlockSimulation simulation = _simulator.Simulate(found.Header, found.Hash ?? found.Header.Hash, state, request.Blocks, request.Options, cancellation);
        if (simulation.Fault != SimulationFault.None) return ToError(simulation);
        return simulation.Blocks.Select(IJsonWritable (simulated) => new SimulatedBlockJson(simulated, request.FullTransactions)).ToArray();
    }

    private RpcError ToError(BlockSimulation simulation)
    {
        int code = simulation.Fault switch
        {
            SimulationFault.Empty => RpcErrorCodes.InvalidParams,
            SimulationFault.TooManyBlocks => RpcErrorCodes.SimulationTooManyBlocks,
            SimulationFault.NumberOrder => RpcErrorCodes.SimulationNumberOrder,
            SimulationFault.TimestampOrder => RpcErrorCodes.SimulationTimestampOrder,
            SimulationFault.BlockGasLimit => RpcErrorCodes.SimulationBlockGasLimit,
            SimulationFault.MovesToItself => RpcErrorCodes.SimulationMovesToItself,
            SimulationFault.Transaction => CodeOf(simulation.Error),
            _ => RpcErrorCodes.ServerError,
        };
        if (simulation.Sender is not { } sender) return new RpcError(code, simulation.Message);
        RpcError refusal = ExecutionErrors.OfCall(Evm.TransactionResult.Refused(simulation.Error), sender.Address, sender.Gas, chain.ReasonName)!;
        return simulation.Error == TransactionError.SenderNotAuthorized ? refusal : refusal with { Code = code };
    }

    private static int CodeOf(TransactionError error) => error switch
    {
        TransactionError.NonceMismatchTooLow => RpcErrorCodes.SimulationNonceTooLow,
        TransactionError.NonceMismatchTooHigh => RpcErrorCodes.SimulationNonceTooHigh,
        TransactionError.InsufficientMaxFeePerGas => RpcErrorCodes.SimulationBaseFeeTooLow,
        TransactionError.IntrinsicGasTooLow or TransactionError.IntrinsicGasBelowFloorGasCost => RpcErrorCodes.SimulationIntrinsicGas,
        TransactionError.InsufficientAccountFunds or TransactionError.GaslimitPriceProductOverflow => RpcErrorCodes.SimulationInsufficientFunds,
        TransactionError.SenderNotEoa => RpcErrorCodes.SimulationSenderNotEoa,
        TransactionError.InitcodeSizeExceeded => RpcErrorCodes.SimulationInitCodeSize,
        TransactionError.PriorityGreaterThanMaxFeePerGas => RpcErrorCodes.InvalidParams,
        _ => RpcErrorCodes.InternalError,
    };

    private sealed record SimulatedBlockJson(SimulatedBlock Simulated, bool FullTransactions) : IJsonWritable
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            ExecutedBlock block = Simulated.Executed;
            writer.WriteStartObject();
            RpcChain.ToJson(block, isPending: false, FullTransactions).WriteMembers(writer);
            writer.WriteStartArray("calls"u8);
            for (int i = 0; i < Simulated.Calls.Count; i++)
            {
                SimulatedCall call = Simulated.Calls[i];
                Hash256 hash = block.Block.Transactions[i].Hash;
                TransactionPlace place = RpcChain.PlaceOf(block, i);
                writer.WriteStartObject();
                writer.WriteData("returnData"u8, call.Result.Succeeded ? call.Result.Output.Span : default);
                writer.WriteStartArray("logs"u8);
                foreach (SimulatedLog log in call.Logs) new LogJson(log.Entry, place, hash, log.Index).WriteTo(writer);
                writer.WriteEndArray();
                writer.WriteQuantity("gasUsed"u8, call.Result.GasUsed);
                writer.WriteQuantity("maxUsedGas"u8, Math.Max(call.Result.GasUsed, call.Result.GasUsedBeforeRefund));
                writer.WriteQuantity("status"u8, call.Result.Succeeded ? 1UL : 0UL);
                if (!call.Result.Succeeded) WriteError(writer, call);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        private static void WriteError(Utf8JsonWriter writer, SimulatedCall call)
        {
            RpcError error = call.Result.Status == FrameStatus.Revert
                ? RevertReason.ToError(call.Result.Output)
                : new RpcError(RpcErrorCodes.SimulationHalted, ExecutionErrors.Describe(call.Result.Status));
            writer.WriteStartObject("error"u8);
            writer.WriteString("message"u8, error.Message);
            writer.WriteNumber("code"u8, error.Code);
            if (error.Data is { } data)
            {
                writer.WritePropertyName("data"u8);
                data.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
    }
}
