using System.Collections.Concurrent;

namespace Chain.Rpc.Server;

/// <summary>The open connections that can be pushed to: runs each until it closes, and waits for all when the server stops.</summary>
/// <param name="stopping">Closes them all, with a reason.</param>
internal sealed class SessionSet(CancellationToken stopping)
{
    private readonly ConcurrentDictionary<MessageSession, Task> _open = new();

    public int OpenCount => _open.Count;

    /// <summary>Runs a session until its connection closes.</summary>
    public async Task RunAsync(MessageSession session)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[session] = done.Task;
        try
        {
            await session.RunAsync(stopping);
        }
        finally
        {
            _open.TryRemove(session, out _);
            done.SetResult();
        }
    }

    /// <summary>Waits until the connections are closed, after the stopping token was cancelled.</summary>
    public Task DrainAsync(CancellationToken patience) => Task.WhenAny(Task.WhenAll(_open.Values), Task.Delay(Timeout.Infinite, patience));
}
