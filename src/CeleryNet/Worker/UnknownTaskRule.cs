using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// What happens to a task that this worker has no handler for: it fails as in Celery, or, where that is switched on, it is given back for a while with a growing delay, so that a worker of
/// another version may take it.
/// </summary>
internal sealed class UnknownTaskRule(WorkerOptions options, DeadLetterMaker deadLetters, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    /// <summary>True when the task is judged only when its time has come: before, another worker may come up.</summary>
    internal bool CanWait(TaskRequest request) => options.UnknownTasks == UnknownTaskPolicy.GiveBack && request.Message.Eta > time.GetUtcNow();

    /// <summary>The verdict on the task.</summary>
    internal Verdict Of(TaskRequest request)
    {
        var message = request.Message;
        var now = time.GetUtcNow();
        var since = message.CustomHeaders?.GetValueOrDefault(TaskHeaders.UnknownSince) is long seconds ? Math.Min(seconds, now.ToUnixTimeSeconds()) : now.ToUnixTimeSeconds();
        var waited = TimeSpan.FromSeconds(now.ToUnixTimeSeconds() - since);
        if (options.UnknownTasks == UnknownTaskPolicy.GiveBack && waited < options.UnknownTaskTimeout)
        {
            var delay = waited < ShortestDelay ? ShortestDelay : waited > LongestDelay ? LongestDelay : waited; // doubles the age each time
            Log.TaskGivenBackUnknown(logger, Printable.Limit(message.Id), Printable.Limit(message.TaskName), request.Delivery.Queue, delay.TotalSeconds);
            var copy = message.CopyWithSameBody();
            copy.Eta = message.Eta > now + delay ? message.Eta : now + delay;
            copy.SetHeader(TaskHeaders.UnknownSince, since);
            return Verdict.Ignored with { Republish = new Republish(copy, request.Queue) };
        }

        Log.TaskNotRegistered(logger, Printable.Limit(message.Id), Printable.Limit(message.TaskName), request.Delivery.Queue);
        return deadLetters.Keep(request, Verdict.Failed(WorkerErrors.NotRegistered(message.TaskName!)), "no worker has a handler for it"); // the read step has checked the name
    }
}
