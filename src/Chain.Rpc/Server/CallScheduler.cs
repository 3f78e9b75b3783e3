using System.Text.Json;
using Chain.Rpc.Model;
using Microsoft.Extensions.ObjectPool;

namespace Chain.Rpc.Server;

/// <summary>
/// Decides where and when a call that is not light runs, and cancels it when its time is over. Executions run at once on the thread that has the request, a bounded number
/// of them; ranges, traces and simulations on a few threads with little claim to the processor; the consensus client's calls and the operators' on threads of their own, in their own time.
/// </summary>
internal sealed class CallScheduler : IDisposable
{
    private const int ClocksPooledMax = 64;
    private const int EngineThreads = 2;

    /// <summary>An export beside an import that takes hours.</summary>
    private const int OperatorThreads = 2;

    /// <summary>Threads with this niceness get a third of the processor time of the others that want it.</summary>
    private const int HeavyNiceness = 5;

    private readonly RpcLimits _limits;
    private readonly SemaphoreSlim _calls;
    private readonly WorkLane _heavy;
    private readonly WorkLane _engine;
    private readonly WorkLane _operator;
    private readonly DefaultObjectPool<CancellationTokenSource> _clocks = new(new ClockPolicy(), ClocksPooledMax);
    private int _callsWaiting;

    public CallScheduler(RpcLimits limits)
    {
        _limits = limits;
        _calls = new SemaphoreSlim(limits.CallsMax);
        _heavy = new WorkLane("rpc-heavy", limits.HeavyCallsMax, limits.HeavyQueueMax, HeavyNiceness);
        _engine = new WorkLane("rpc-engine", EngineThreads, limits.HeavyQueueMax, 0);
        _operator = new WorkLane("rpc-operator", OperatorThreads, limits.HeavyQueueMax, HeavyNiceness);
        ReserveThreads(limits.CallsMax);
    }

    /// <summary>Calls that wait for their turn, of all kinds.</summary>
    public int WaitingCount => Volatile.Read(ref _callsWaiting) + _heavy.WaitingCount + _engine.WaitingCount + _operator.WaitingCount;

    /// <summary>Calls in work, of all kinds.</summary>
    public int RunningCount => _limits.CallsMax - _calls.CurrentCount + _heavy.RunningCount + _engine.RunningCount + _operator.RunningCount;

    /// <summary>Runs a call that is not light.</summary>
    public ValueTask<RpcError?> RunAsync(RpcMethod method, RpcCall call, Utf8JsonWriter writer) => method.Work switch
    {
        RpcWork.Light => method.Handler(call, writer),
        // What a consensus client asks is finished once begun: a block half taken in is of no use.
        RpcWork.Engine => InLaneAsync(_engine, method, call, writer),
        RpcWork.Operator => InLaneAsync(_operator, method, call, writer),
        _ => TimedAsync(method, call, writer),
    };

    public void Dispose()
    {
        _heavy.Dispose();
        _engine.Dispose();
        _operator.Dispose();
        _calls.Dispose();
    }

    private async ValueTask<RpcError?> TimedAsync(RpcMethod method, RpcCall call, Utf8JsonWriter writer)
    {
        CancellationToken client = call.Cancellation;
        CancellationTokenSource clock = _clocks.Get();
        CancellationTokenRegistration gone = client.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), clock);
        clock.CancelAfter(_limits.HeavyCallTimeoutMs);
        call.Cancellation = clock.Token;
        try
        {
            RpcError? outcome = method.Work == RpcWork.Heavy ? RpcError.IsHeavy : await InPlaceAsync(method, call, writer);
            if (outcome != RpcError.IsHeavy) return outcome;
            call.IsHeavy = true;
            return await InLaneAsync(_heavy, method, call, writer);
        }
        catch (OperationCanceledException) when (clock.IsCancellationRequested && !client.IsCancellationRequested)
        {
            return RpcError.Server($"execution aborted (timeout = {_limits.HeavyCallTimeoutMs} ms, --rpc.evmtimeout)");
        }
        finally
        {
            call.Cancellation = client;
            call.IsHeavy = false;
            gone.Dispose();
            _clocks.Return(clock);
        }
    }

    private ValueTask<RpcError?> InLaneAsync(WorkLane lane, RpcMethod method, RpcCall call, Utf8JsonWriter writer) =>
        lane.TryRun(method, call, writer) is { } running ? new(running) : new(QueueFull());

    private async ValueTask<RpcError?> InPlaceAsync(RpcMethod method, RpcCall call, Utf8JsonWriter writer)
    {
        if (!_calls.Wait(0, CancellationToken.None))
        {
            try
            {
                if (Interlocked.Increment(ref _callsWaiting) > _limits.HeavyQueueMax) return QueueFull();
                await _calls.WaitAsync(call.Cancellation);
            }
            finally
            {
                Interlocked.Decrement(ref _callsWaiting);
            }
        }
        try
        {
            return await method.Handler(call, writer);
        }
        finally
        {
            _calls.Release();
        }
    }

    private RpcError QueueFull() => RpcError.LimitExceeded($"{_limits.HeavyQueueMax} calls wait already (--rpc.heavy-queue): ask again later");

    /// <summary>The pool adds threads slowly beyond its minimum: with so few, executions alone could hold all of them.</summary>
    private static void ReserveThreads(int calls)
    {
        ThreadPool.GetMinThreads(out int workers, out int ports);
        int wanted = calls + Environment.ProcessorCount;
        if (workers < wanted) ThreadPool.SetMinThreads(wanted, ports);
    }

    private sealed class ClockPolicy : PooledObjectPolicy<CancellationTokenSource>
    {
        public override CancellationTokenSource Create() => new();

        public override bool Return(CancellationTokenSource obj)
        {
            if (obj.TryReset()) return true;
            obj.Dispose();
            return false;
        }
    }
}
