using CeleryNet.Control;
using CeleryNet.Diagnostics;
using CeleryNet.Worker.Steps;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker.Commands;

/// <summary>Carries out revocations in one worker: remembers them, ends what waits for its time, cancels what runs where that is asked for.</summary>
internal sealed class Revoker(RevocationTable table, HoldStep hold, RunningTasks running, Endings endings, ILogger logger)
{
    /// <param name="revocations">What is revoked.</param>
    /// <param name="terminate">True: running tasks are cancelled too.</param>
    /// <param name="stopping">Cancelled when the worker gives up on what is unfinished.</param>
    /// <returns>Ids of the tasks that were asked to end.</returns>
    internal List<string> Revoke(IReadOnlyCollection<Revocation> revocations, bool terminate, CancellationToken stopping)
    {
        var added = revocations.Count(table.Add);
        // The whole table is asked, not only what is new: the same in effect, since what was revoked before is not held any more.
        var held = hold.TakeWhere(request => table.IsRevoked(request.Message));
        foreach (var request in held)
        {
            Log.TaskRevoked(logger, Printable.Limit(request.Message.Id), Printable.Limit(request.Message.TaskName));
            _ = endings.EndAsync(request, Verdict.RevokedEarly, null, null, stopping); // counted there, and never fails
        }

        var cancelled = terminate ? Terminate(revocations) : [];
        Log.Revoked(logger, added, cancelled.Count, held.Count);
        return cancelled;
    }

    // Only what this request names: an older one may have let the task go on.
    private List<string> Terminate(IReadOnlyCollection<Revocation> revocations)
    {
        var named = new RevocationTable(TimeProvider.System);
        foreach (var revocation in revocations) named.Add(revocation);
        return running.Cancel(TaskCancelReason.Revoked, request => named.IsRevoked(request.Message));
    }
}
