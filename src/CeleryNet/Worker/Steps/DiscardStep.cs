using CeleryNet.Control;
using CeleryNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker.Steps;

/// <summary>Is it too late for the task, or has somebody revoked it? Asked on receipt, when it is due, and again before it starts, as Celery does.</summary>
internal sealed class DiscardStep(RevocationTable revocations, TimeProvider time, ILogger logger)
{
    /// <summary>How a task ends that is not to run; <c>null</c> when it is.</summary>
    internal Verdict? Judge(TaskRequest request)
    {
        var message = request.Message;
        if (message.Expires is { } expires && expires <= time.GetUtcNow())
        {
            Log.TaskExpired(logger, Printable.Limit(message.Id), Printable.Limit(message.TaskName), expires);
            return Verdict.Expired;
        }

        return IsRevoked(request) ? Verdict.RevokedEarly : null;
    }

    /// <summary>True when the task is revoked.</summary>
    internal bool IsRevoked(TaskRequest request)
    {
        if (!revocations.IsRevoked(request.Message)) return false;
        Log.TaskRevoked(logger, Printable.Limit(request.Message.Id), Printable.Limit(request.Message.TaskName));
        return true;
    }
}
