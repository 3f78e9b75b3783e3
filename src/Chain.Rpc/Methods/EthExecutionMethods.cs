using System.Text.Json;
using Chain.Consensus.Simulation;
using Chain.Core.Numeric;
using Chain.Core.Primitives;
using Chain.Core.Types;
using Chain.Evm;
using Chain.Evm.Frames;
using Chain.Evm.State;
using Chain.Evm.Tracing;
using Chain.Rpc.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Methods;

/// <summary>The namespace <c>eth</c>: executions that change nothing.</summary>
/// <param name="chain">The chain.</param>
public sealed class EthExecutionMethods(RpcChain chain)
{
    private const int AccessListRoundsMax = 16;

    /// <summary>Runs a call on the state of a block; returns its output.</summary>
    [RpcMethod("eth_call", Work = RpcWork.Call, Example = """[{"from":"{account}","to":"{contract}"},"latest"]""", Faults = RpcFaults.State | RpcFaults.Revert | RpcFaults.Execution)]
    public RpcResult<ReadOnlyMemory<byte>> Call(
        [RpcParameter("Transaction")] CallRequest call, BlockParameter block = default, IReadOnlyDictionary<Address, StateOverride>? stateOverrides = null, BlockOverride? blockOverrides = null,
        CancellationToken cancellation = default)
    {
        if (Open(block, stateOverrides, blockOverrides, out SimulationSession session) is { } error) return error;
        TransactionResult result = chain.Simulator.Call(session, call, cancellation: cancellation);
        if (ExecutionErrors.OfCall(result, call.From ?? default, GasOf(call), chain.ReasonName) is { } failure) return failure;
        return result.Output;
    }

    /// <summary>Finds a gas limit with which a transaction succeeds.</summary>
    [RpcMethod("eth_estimateGas", Work = RpcWork.Call, Example = """[{"from":"{account}","to":"{contract}"}]""", Faults = RpcFaults.State | RpcFaults.Revert | RpcFaults.Execution)]
    public RpcResult<ulong> EstimateGas(
        [RpcParameter("Transaction")] CallRequest call, BlockParameter block = default, IReadOnlyDictionary<Address, StateOverride>? stateOverrides = null, BlockOverride? blockOverrides = null,
        CancellationToken cancellation = default)
    {
        if (Open(block, stateOverrides, blockOverrides, out SimulationSession session) is { } error) return error;
        EstimateResult estimate = chain.Simulator.Estimate(session, call, cancellation);
        if (estimate.Failure is not { } failure) return estimate.Gas;
        bool isGas = failure.Status == FrameStatus.OutOfGas || failure.Error is Core.Results.TransactionError.IntrinsicGasTooLow or Core.Results.TransactionError.IntrinsicGasBelowFloorGasCost;
        return isGas
            ? RpcError.Server($"gas required exceeds allowance ({estimate.Allowance})")
            : ExecutionErrors.OfCall(failure, call.From ?? default, estimate.Allowance, chain.ReasonName)!;
    }

    /// <summary>Finds the accounts and slots a transaction touches (EIP-2930), and the gas it uses with that list.</summary>
    [RpcMethod("eth_createAccessList", Work = RpcWork.Call, Example = """[{"from":"{account}","to":"{contract}"},"latest"]""", Faults = RpcFaults.State | RpcFaults.Execution)]
    public RpcResult<AccessListJson> CreateAccessList(
        [RpcParameter("Transaction")] CallRequest call, BlockParameter block = default, IReadOnlyDictionary<Address, StateOverride>? stateOverrides = null, CancellationToken cancellation = default)
    {
        if (Open(block, stateOverrides, null, out SimulationSession session) is { } error) return error;
        Address from = call.From ?? default;
        Address to = call.To ?? ContractAddress.OfCreate(from, call.Nonce ?? session.State.GetAccount(from).Nonce);
        HashSet<Address> free = [from, to, .. session.Block.Precompiles.Addresses];
        CallOptions options = new() { ChecksPolicySender = call.From is not null };
        AccessListTracer? previous = null;
        for (int round = 0; round < AccessListRoundsMax; round++)
        {
            AccessListTracer tracer = new(free);
            tracer.Include(call.AccessList);
            if (previous is not null) tracer.Include(previous.ToList());
            session.Reset();
            CallRequest withList = call with { AccessList = previous?.ToList() ?? call.AccessList ?? [] };
            TransactionResult result = chain.Simulator.Call(session, withList, options, tracer, cancellation);
            if (result.Error != Core.Results.TransactionError.None) return ExecutionErrors.OfCall(result, from, GasOf(call), chain.ReasonName)!;
            if (previous is not null && previous.Count == tracer.Count)
                return new AccessListJson(tracer.ToList(), result.GasUsed, result.Succeeded ? null : ExecutionErrors.OfCall(result, from, GasOf(call), chain.ReasonName)!.Message);
            previous = tracer;
        }
        return RpcError.Server($"the access list did not settle in {AccessListRoundsMax} rounds");
    }

    private ulong GasOf(CallRequest call) => Math.Min(call.Gas ?? chain.Simulator.GasCap, chain.Simulator.GasCap);

    private RpcError? Open(BlockParameter block, IReadOnlyDictionary<Address, StateOverride>? stateOverrides, BlockOverride? blockOverride, out SimulationSession session)
    {
        session = null!;
        if (chain.TryFindTarget(block, out SimulationTarget target) is { } error) return error;
        if (chain.Simulator.ProblemOf(target, stateOverrides) is { } problem) return RpcError.Server(problem);
        if (blockOverride?.BeaconRoot is not null) return RpcError.InvalidParams("block override \"beaconRoot\" is not supported for this RPC method");
        if (blockOverride?.Withdrawals is not null) return RpcError.InvalidParams("block override \"withdrawals\" is not supported for this RPC method");
        session = chain.Simulator.Open(target, stateOverrides, blockOverride);
        return null;
    }

    private sealed class AccessListTracer(HashSet<Address> free) : ITracer
    {
        private readonly SortedDictionary<Address, SortedSet<UInt256>> _touched = [];

        public bool TracesOpcodes => false;

        public int Count => _touched.Sum(entry => entry.Value.Count + 1);

        public void Include(IReadOnlyList<AccessListEntry>? list)
        {
            foreach (AccessListEntry entry in list ?? [])
            {
                Slots(entry.Address).UnionWith(entry.StorageKeys);
            }
        }

        public IReadOnlyList<AccessListEntry> ToList() => [.. _touched.Select(entry => new AccessListEntry(entry.Key, [.. entry.Value]))];

        public void OnFrameEnter(in FrameStart start)
        {
        }

        public void OnFrameExit(FrameStatus status, ulong gasLeft, ReadOnlySpan<byte> output)
        {
        }

        public void OnOpcode(in OpcodeStep step)
        {
        }

        public void OnOpcodeEnd(ulong gasLeft, FrameStatus fault)
        {
        }

        public void OnStorageAccess(in Address account, in UInt256 key, bool isWrite) => Slots(account).Add(key);

        public void OnAccountAccess(in Address account)
        {
            if (!free.Contains(account)) Slots(account);
        }

        public void OnLog(LogEntry log)
        {
        }

        public void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance)
        {
            if (!free.Contains(beneficiary)) Slots(beneficiary);
        }

        private SortedSet<UInt256> Slots(in Address account)
        {
            if (!_touched.TryGetValue(account, out SortedSet<UInt256>? slots)) _touched[account] = slots = [];
            return slots;
        }
    }
}

/// <summary>The answer of eth_createAccessList.</summary>
/// <param name="List">The list.</param>
/// <param name="GasUsed">Gas used with it.</param>
/// <param name="Failure">Why the execution failed; null when it succeeded.</param>
public sealed record AccessListJson(IReadOnlyList<AccessListEntry> List, ulong GasUsed, string? Failure) : IJsonWritable
{
    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        TransactionJson.WriteAccessList(writer, List);
        if (Failure is not null) writer.WriteString("error"u8, Failure);
        writer.WriteQuantity("gasUsed"u8, GasUsed);
        writer.WriteEndObject();
    }
}
