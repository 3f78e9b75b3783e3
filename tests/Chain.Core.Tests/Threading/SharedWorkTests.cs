using Chain.Core.Threading;

namespace Chain.Core.Tests.Threading;

public sealed class SharedWorkTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(10_000)]
    public void Every_index_is_called_once(int count)
    {
        int[] calls = new int[count];
        SharedWork.Run(count, i => Interlocked.Increment(ref calls[i]));
        Assert.That(calls, Is.All.EqualTo(1));
    }

    [Test]
    public void The_first_exception_comes_to_the_caller_after_all_calls_have_ended([Values(2, 500)] int count)
    {
        int under = 0;
        InvalidDataException? e = Assert.Throws<InvalidDataException>(() => SharedWork.Run(count, i =>
        {
            Interlocked.Increment(ref under);
            Thread.SpinWait(100);
            Interlocked.Decrement(ref under);
            if (i % 2 == 1) throw new InvalidDataException("one of them");
        }));
        Assert.That(e!.Message, Is.EqualTo("one of them"));
        Assert.That(under, Is.Zero);
    }

    [Test]
    [CancelAfter(60_000)]
    public void It_ends_although_no_thread_of_the_pool_is_free(CancellationToken cancellation)
    {
        using ManualResetEventSlim release = new();
        int blocked = 0;
        Task[] busy = [.. Enumerable.Range(0, 4 * Environment.ProcessorCount).Select(_ => Task.Run(
            () =>
            {
                Interlocked.Increment(ref blocked);
                release.Wait(cancellation);
            },
            cancellation))];
        SpinWait.SpinUntil(() => Volatile.Read(ref blocked) >= Environment.ProcessorCount || cancellation.IsCancellationRequested);
        int calls = 0;
        SharedWork.Run(100, _ => Interlocked.Increment(ref calls));
        Assert.That(calls, Is.EqualTo(100));
        release.Set();
        Task.WaitAll(busy, cancellation);
    }
}
