using System.Globalization;
using System.Text.Json;
using Chain.Consensus.Engines;
using Chain.Consensus.Simulation;
using Chain.Core.Primitives;
using Chain.Evm;
using Chain.Rpc.Engine;
using Chain.Rpc.Json;
using Chain.Rpc.Methods;
using Chain.Rpc.Model;
using Chain.Rpc.Server;

namespace Chain.Node.Conformance;

/// <summary>The Engine API of a test's chain: what a consensus client's calls reach behind the socket.</summary>
internal sealed class EngineTestApi : IDisposable
{
    private readonly ExternalEngine _engine;
    private readonly Simulator _simulator;
    private readonly EngineMethods _methods;

    public EngineTestApi(BlockchainTestChain chain, DispatcherKind dispatcher)
    {
        _engine = new ExternalEngine(chain.Manager);
        _simulator = new Simulator(chain.Manager, dispatcher, 0);
        _methods = new EngineMethods(new RpcChain(chain.Manager, _simulator, new RpcLimits()), _engine, PayloadAttributes.GasLimitWanted);
    }

    /// <summary>Reads the parameters of an engine_newPayload, so that only the call itself is left to do.</summary>
    /// <param name="version">The method's version, as the fixture writes it.</param>
    /// <param name="parameters">Its parameters as they are.</param>
    /// <param name="payload">The payload among them.</param>
    /// <exception cref="FormatException">A version that there is not.</exception>
    public Func<RpcResult<PayloadStatusJson>> ReadNewPayload(string version, JsonElement parameters, out PayloadArgument payload)
    {
        RpcError? wrong = null;
        T Argument<T>(int index)
        {
            if (index >= parameters.GetArrayLength()) wrong ??= RpcError.InvalidParams($"parameter {index} is missing");
            if (wrong is not null) return default!;
            if (ArgumentReaders.For<T>()(parameters[index], out T value) is { } problem) wrong = RpcError.InvalidArgument(index, problem);
            return value;
        }
        PayloadArgument read = Argument<PayloadArgument>(0);
        payload = read;
        Hash256[] hashes = [];
        Hash256 beaconRoot = default;
        ReadOnlyMemory<byte>[] requests = [];
        if (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is < 1 or > 4) throw new FormatException($"engine_newPayloadV{version} is not known.");
        if (number >= 3)
        {
            hashes = Argument<Hash256[]>(1);
            beaconRoot = Argument<Hash256>(2);
        }
        if (number >= 4) requests = Argument<ReadOnlyMemory<byte>[]>(3);
        if (wrong is { } error) return () => error;
        return number switch
        {
            1 => () => _methods.NewPayloadV1(read),
            2 => () => _methods.NewPayloadV2(read),
            3 => () => _methods.NewPayloadV3(read, hashes, beaconRoot),
            _ => () => _methods.NewPayloadV4(read, hashes, beaconRoot, requests),
        };
    }

    /// <summary>engine_forkchoiceUpdated of a version to a head; null when it is valid and there now, else what was answered.</summary>
    public string? SetHead(string version, in Hash256 head)
    {
        ForkchoiceState state = new(head, Hash256.Zero, Hash256.Zero);
        RpcResult<ForkchoiceJson> answer = version switch
        {
            "1" => _methods.ForkchoiceUpdatedV1(state),
            "2" => _methods.ForkchoiceUpdatedV2(state),
            "3" => _methods.ForkchoiceUpdatedV3(state),
            _ => throw new FormatException($"engine_forkchoiceUpdatedV{version} is not known."),
        };
        if (answer.Error is { } error) return $"error {error.Code} {error.Message}";
        return answer.Value.Status.Verdict == PayloadVerdict.Valid ? null : $"{answer.Value.Status.Verdict} {answer.Value.Status.Problem}";
    }

    public void Dispose()
    {
        _engine.Dispose();
        _simulator.Dispose();
    }
}
