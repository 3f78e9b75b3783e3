using System.Text.Json;
using Chain.Consensus.Simulation;
using Chain.Core.Primitives;
using Chain.Evm;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>eth</c>: calls that see what calls before them changed.</summary>
/// <param name="chain">The chain.</param>
public sealed class EthBundleMethods(RpcChain chain)
{
    /// <summary>Runs bundles of calls one after another on the state of a block, or before one of its transactions; a failed call is told in its place and does not stop the others.</summary>
    [RpcMethod("eth_callMany", Heavy = true, Example = """[[{"transactions":[{"from":"{account}","to":"{contract}"},{"to":"{contract}","data":"0x"}]}],{"blockNumber":"latest"}]""", Faults = RpcFaults.State, Result = "CallManyResult[][]")]
    public RpcError? CallMany(
        Utf8JsonWriter writer, CallBundle[] bundles, CallPlace? stateContext = null, IReadOnlyDictionary<Address, StateOverride>? stateOverrides = null,
        CancellationToken cancellation = default)
    {
        if (CallSession.TryOpen(chain, stateContext ?? new CallPlace(BlockParameter.Latest, null), stateOverrides, null, cancellation, out CallSession place) is { } error) return error;
        using (place)
        {
            writer.WriteStartArray();
            foreach (CallBundle bundle in bundles)
            {
                SimulationSession session = place.Session.With(bundle.Block);
                writer.WriteStartArray();
                foreach (CallRequest call in bundle.Calls)
                {
                    cancellation.ThrowIfCancellationRequested();
                    TransactionResult result = chain.Simulator.Call(session, call, cancellation: cancellation);
                    writer.WriteStartObject();
                    if (ExecutionErrors.OfCall(result, call.From ?? default, call.Gas ?? chain.Simulator.GasCap, chain.ReasonName) is { } failure) writer.WriteString("error"u8, failure.Message);
                    else writer.WriteData("value"u8, result.Output.Span);
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
            }
            writer.WriteEndArray();
        }
        return null;
    }
}
