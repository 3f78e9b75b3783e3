using Chain.Consensus.Building;
using Chain.Consensus.Pool;

namespace Chain.Consensus.Engines;

/// <summary>
/// A block being built (Engine API, "payload building"): empty at once, then with the pool's transactions, and again whenever the pool has got some since, until the client
/// takes it or a slot has passed since its timestamp.
/// </summary>
internal sealed class PayloadJob
{
    /// <summary>Length of a slot, milliseconds: improving ends when one has passed since the block's timestamp.</summary>
    private const int SlotMs = 12_000;

    /// <summary>Longest time of improving, milliseconds, whatever the timestamp says.</summary>
    private const int ImproveMsMax = 120_000;

    private const int ImproveIntervalMs = 250;

    /// <summary>How long a client that asks early waits for the first block with transactions, milliseconds; it gives up after one second.</summary>
    private const int FirstWaitMs = 500;

    private readonly ChainManager _chain;
    private readonly BuildRequest _request;
    private readonly CancellationTokenSource _stop;
    private readonly TaskCompletionSource _filled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BuiltBlock _best;
    private int _isStale = 1;

    /// <summary>Builds the empty block and begins to improve it.</summary>
    /// <exception cref="InvalidOperationException">The parent's state is no longer kept.</exception>
    public PayloadJob(ChainManager chain, BuildRequest request, CancellationToken stop)
    {
        _chain = chain;
        _request = request;
        _best = chain.Build(request, withTransactions: false, CancellationToken.None);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _stop.CancelAfter(ImproveTimeMs(request.Timestamp));
        chain.Pool.Added += MarkStale;
        _ = Task.Run(ImproveAsync, CancellationToken.None);
    }

    /// <summary>The best block, which is not improved further.</summary>
    public async Task<BuiltBlock> TakeAsync()
    {
        await Task.WhenAny(_filled.Task, Task.Delay(FirstWaitMs, _stop.Token)).ConfigureAwait(false);
        Stop();
        return Volatile.Read(ref _best);
    }

    /// <summary>Ends the improving.</summary>
    public void Stop() => _stop.Cancel();

    private static int ImproveTimeMs(ulong timestamp)
    {
        // The clock decides how long to try, never what is in a block.
        Int128 untilMs = ((Int128)timestamp * 1_000) + SlotMs - DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        return (int)Int128.Clamp(untilMs, SlotMs, ImproveMsMax);
    }

    private void MarkStale(PooledTransaction added) => Volatile.Write(ref _isStale, 1);

    private async Task ImproveAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                if (Interlocked.Exchange(ref _isStale, 0) != 0)
                {
                    BuiltBlock next = _chain.Build(_request, cancellation: _stop.Token);
                    // One that was cut short by the end is worth less than it might be, but it is whole.
                    if (next.Value >= _best.Value) Volatile.Write(ref _best, next);
                    _filled.TrySetResult();
                }
                await Task.Delay(ImproveIntervalMs, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Taken, out of time, or the node stops.
        }
        catch (InvalidOperationException)
        {
            // The parent's state is gone: the block that is there stays the best.
        }
        finally
        {
            _chain.Pool.Added -= MarkStale;
            _filled.TrySetResult();
        }
    }
}
