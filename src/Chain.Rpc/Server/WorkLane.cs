using System.Runtime.InteropServices;
using System.Text.Json;
using Chain.Rpc.Model;

namespace Chain.Rpc.Server;

/// <summary>
/// Runs calls of one kind on threads of its own, first come first served, so that they never occupy the threads that serve sockets. The threads begin with the first
/// calls. A call that is cancelled while it waits leaves the queue at once.
/// </summary>
/// <param name="name">Name of the threads.</param>
/// <param name="threadsMax">Calls in work at a time.</param>
/// <param name="queueMax">Calls that may wait.</param>
/// <param name="niceness">What Linux takes from their share of the processor while others want it: 0 nothing, 19 nearly all.</param>
internal sealed partial class WorkLane(string name, int threadsMax, int queueMax, int niceness) : IDisposable
{
    private readonly object _lock = new();
    private readonly LinkedList<Job> _waiting = [];
    private int _threads;
    private int _idle;
    private bool _isClosed;

    /// <summary>Calls waiting for a thread.</summary>
    public int WaitingCount
    {
        get
        {
            lock (_lock) return _waiting.Count;
        }
    }

    /// <summary>Calls in work.</summary>
    public int RunningCount
    {
        get
        {
            lock (_lock) return _threads - _idle;
        }
    }

    /// <summary>Runs a call when its turn comes; null when too many wait already.</summary>
    /// <param name="method">The method.</param>
    /// <param name="call">The call; its cancellation takes it out of the queue.</param>
    /// <param name="writer">Where the result goes; used by the lane's thread until the task is done.</param>
    public Task<RpcError?>? TryRun(RpcMethod method, RpcCall call, Utf8JsonWriter writer)
    {
        Job job = new(this, method, call, writer);
        lock (_lock)
        {
            if (_isClosed || (_threads == threadsMax && _waiting.Count - _idle >= queueMax)) return null;
            _waiting.AddLast(job.Node);
            if (_waiting.Count > _idle && _threads < threadsMax)
            {
                _threads++;
                _idle++;
                new Thread(Work) { IsBackground = true, Name = name }.Start();
            }
            else
            {
                Monitor.Pulse(_lock);
            }
        }
        job.WatchCancellation();
        return job.Task;
    }

    /// <summary>Ends the threads after what they run; calls that wait are cancelled.</summary>
    public void Dispose()
    {
        Job[] left;
        lock (_lock)
        {
            _isClosed = true;
            left = [.. _waiting];
            _waiting.Clear();
            Monitor.PulseAll(_lock);
        }
        foreach (Job job in left) job.TrySetCanceled();
    }

    private void Work()
    {
        // Where the system does not let it, the lane's threads share the processor evenly.
        if (niceness > 0 && OperatingSystem.IsLinux()) _ = SetPriority(PriorityOfProcess, 0, niceness);
        while (Take() is { } job) job.Run();
    }

    /// <summary>The next job for a thread that counts as idle.</summary>
    private Job? Take()
    {
        lock (_lock)
        {
            while (_waiting.Count == 0 && !_isClosed) Monitor.Wait(_lock);
            _idle--;
            if (_isClosed) return null;
            Job job = _waiting.First!.Value;
            _waiting.RemoveFirst();
            return job;
        }
    }

    private void Rest()
    {
        lock (_lock) _idle++;
    }

    private void Leave(Job job)
    {
        lock (_lock)
        {
            if (job.Node.List is null) return;
            _waiting.Remove(job.Node);
        }
        job.TrySetCanceled();
    }

    // Linux keeps niceness by thread, and 0 names the calling one (setpriority(2), notes).
    private const int PriorityOfProcess = 0;

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);

    private sealed class Job : TaskCompletionSource<RpcError?>
    {
        private readonly WorkLane _lane;
        private readonly RpcMethod _method;
        private readonly RpcCall _call;
        private readonly Utf8JsonWriter _writer;
        private CancellationTokenRegistration _cancelled;

        public Job(WorkLane lane, RpcMethod method, RpcCall call, Utf8JsonWriter writer)
            : base(TaskCreationOptions.RunContinuationsAsynchronously)
        {
            _lane = lane;
            _method = method;
            _call = call;
            _writer = writer;
            Node = new LinkedListNode<Job>(this);
        }

        public LinkedListNode<Job> Node { get; }

        public void WatchCancellation() =>
            _cancelled = _call.Cancellation.UnsafeRegister(static job => ((Job)job!)._lane.Leave((Job)job), this);

        public void Run()
        {
            _cancelled.Unregister();
            RpcError? error = null;
            Exception? failure = null;
            try
            {
                ValueTask<RpcError?> running = _method.Handler(_call, _writer);
                // The thread is the call's place: it is given free when the call is done.
                error = running.IsCompletedSuccessfully ? running.Result : running.AsTask().GetAwaiter().GetResult();
            }
#pragma warning disable CA1031 // Handed on whole: the processor makes one answer and one line in the log of it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = e;
            }
            // Before the client can know of it, so that its next call finds the place free.
            _lane.Rest();
            if (failure is null) TrySetResult(error);
            else if (failure is OperationCanceledException) TrySetCanceled();
            else TrySetException(failure);
        }
    }
}
