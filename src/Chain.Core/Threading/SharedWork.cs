namespace Chain.Core.Threading;

/// <summary>
/// Runs independent pieces of work on the calling thread and on those pool threads that are free at once. Unlike <see cref="Parallel"/> it never waits for a thread that has not
/// begun: while the pool is busy with other work (recovering senders ahead, serving requests) the caller simply does all of it, where <c>Parallel.For</c> was measured to wait
/// up to a tenth of a second for its turn in the queue.
/// </summary>
public static class SharedWork
{
    /// <summary>Calls <paramref name="body"/> once for each index from 0 to <paramref name="count"/> - 1, in no order, and returns when all calls are over.</summary>
    /// <param name="count">Number of calls.</param>
    /// <param name="body">The work; calls must not depend on one another. The first exception is thrown after the calls under way have ended; those not begun are left out.</param>
    public static void Run(int count, Action<int> body)
    {
        int helpers = Math.Min(Environment.ProcessorCount, count) - 1;
        if (helpers <= 0)
        {
            for (int i = 0; i < count; i++) body(i);
            return;
        }
        Job job = new(count, body);
        for (int i = 0; i < helpers; i++) ThreadPool.UnsafeQueueUserWorkItem(job, preferLocal: false);
        job.Execute();
        job.Wait();
    }

    private sealed class Job(int count, Action<int> body) : IThreadPoolWorkItem
    {
        private int _next;
        private int _over;
        private System.Runtime.ExceptionServices.ExceptionDispatchInfo? _failure;

        public void Execute()
        {
            int done = 0;
            for (int index; (index = Interlocked.Increment(ref _next) - 1) < count; done++)
            {
                try
                {
                    body(index);
                }
#pragma warning disable CA1031 // Thrown again by the caller's thread.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    Interlocked.CompareExchange(ref _failure, System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e), null);
                    // Nobody begins those that are left; they count as over.
                    done += Math.Max(count - Interlocked.Exchange(ref _next, count), 0);
                }
            }
            if (done > 0) Interlocked.Add(ref _over, done);
        }

        /// <summary>Waits for calls that helpers are in the middle of.</summary>
        public void Wait()
        {
            SpinWait spin = default;
            while (Volatile.Read(ref _over) < count) spin.SpinOnce(sleep1Threshold: -1);
            _failure?.Throw();
        }
    }
}
