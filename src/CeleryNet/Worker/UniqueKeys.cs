using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Tasks;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>Gives the keys of unique tasks back when these have ended, and keeps them while they go on. What fails is logged and not waited for: a key ends by itself. Thread-safe.</summary>
internal sealed class UniqueKeys(IUniqueKeyStore store, TimeProvider time, ILogger logger)
{
    private readonly TaskCompletionSource _none = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _asking = 1; // one for the worker itself, until it has stopped to run tasks

    /// <summary>The run begins.</summary>
    internal void Started(TaskRequest request)
    {
        if (UniqueMark.Read(request.Message) is { Until: UniqueUntil.Started } mark) _ = AskAsync(request, mark, null); // counted, and never fails
    }

    /// <summary>The run has ended, or the task has without one.</summary>
    internal void Ended(TaskRequest request, Verdict verdict)
    {
        if (verdict.Settlement == Settlement.Requeue || UniqueMark.Read(request.Message) is not { Until: UniqueUntil.Finished } mark) return;
        // It goes on under its id: a retry, a snooze. A dead letter goes to another queue.
        var next = verdict.Republish is { } republish && ReferenceEquals(republish.Queue, request.Queue) ? republish.Message : null;
        var wait = next?.Eta - time.GetUtcNow();
        _ = AskAsync(request, mark, next is null ? null : mark.For + (wait > TimeSpan.Zero ? wait.Value : TimeSpan.Zero)); // counted, and never fails
    }

    /// <summary>Returns when nothing is on its way to the store. Called once, when no task ends any more.</summary>
    internal Task CompleteAsync()
    {
        Count(-1);
        return _none.Task;
    }

    private async Task AskAsync(TaskRequest request, UniqueMark mark, TimeSpan? renew)
    {
        Count(1);
        try
        {
            if (renew is { } lifetime) await store.RenewAsync(mark.Key, request.Message.Id!, lifetime, CancellationToken.None).ConfigureAwait(false); // read, so it has an id
            else await store.ReleaseAsync(mark.Key, request.Message.Id!, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Log.UniqueKeyNotReleased(logger, Printable.Limit(request.Message.Id), Printable.Limit(request.Message.TaskName), mark.For.TotalSeconds, error);
        }
        finally
        {
            Count(-1);
        }
    }

    private void Count(int change)
    {
        if (Interlocked.Add(ref _asking, change) == 0) _none.TrySetResult();
    }
}
