using System.Text.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Server;

/// <summary>
/// Lets a bounded number of heavy calls run at a time, first come first served, off the threads that serve sockets, so that light calls
/// stay quick however many heavy ones wait.
/// </summary>
internal sealed class HeavyGate(RpcLimits limits) : IDisposable
{
    private readonly SemaphoreSlim _running = new(limits.HeavyCallsMax);
    private int _waiting;

    public async ValueTask<RpcError?> RunAsync(RpcMethod method, RpcCall call, Utf8JsonWriter writer)
    {
        CancellationToken client = call.Cancellation;
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(client);
        timeout.CancelAfter(limits.HeavyCallTimeoutMs);
        bool entered = _running.Wait(0, CancellationToken.None);
        try
        {
            if (!entered)
            {
                if (Interlocked.Increment(ref _waiting) > limits.HeavyQueueMax)
                {
                    Interlocked.Decrement(ref _waiting);
                    return RpcError.LimitExceeded($"{limits.HeavyQueueMax} heavy calls wait already (--rpc.heavy-queue): ask again later");
                }
                try
                {
                    await _running.WaitAsync(timeout.Token);
                    entered = true;
                }
                finally
                {
                    Interlocked.Decrement(ref _waiting);
                }
            }
            call.Cancellation = timeout.Token;
            return await method.Handler(call, writer);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !client.IsCancellationRequested)
        {
            return RpcError.Server($"execution aborted (timeout = {limits.HeavyCallTimeoutMs} ms, --rpc.evmtimeout)");
        }
        finally
        {
            call.Cancellation = client;
            if (entered) _running.Release();
        }
    }

    public void Dispose() => _running.Dispose();
}
