using System.Text;
using System.Text.Json;
using CeleryNet.Events;
using CeleryNet.Results;

namespace CeleryNet.Worker.FollowUps;

/// <summary>The errors with which chords end, in Celery's words.</summary>
internal static class ChordErrors
{
    private const string CeleryExceptions = "celery.exceptions";

    /// <summary>A member of the header did not succeed.</summary>
    internal static RemoteError Dependency(TaskResult part) =>
        Make("ChordError", $"Dependency {part.TaskId} raised {(part.Error is { } error ? ErrorRepr.Of(error) : part.State)}", CeleryExceptions);

    /// <summary>The body could not be sent.</summary>
    internal static RemoteError Callback(Exception error) => Make("ChordError", $"Callback error: {ErrorRepr.Of(WorkerErrors.Of(error))}", CeleryExceptions);

    /// <summary>The results of the header could not be put together.</summary>
    internal static RemoteError Join(string reason) => Make("ChordError", $"Join error: {reason}", CeleryExceptions);

    /// <summary>A member ended without a result by its own decision. In Celery the chord then waits for ever.</summary>
    internal static RemoteError Ignored { get; } = Make("Ignore", "the task ended without a result", CeleryExceptions);

    /// <summary>A member refused its message. In Celery the chord then waits for ever.</summary>
    internal static RemoteError Rejected { get; } = Make("Reject", "the task rejected its message", CeleryExceptions);

    private static RemoteError Make(string type, string message, string module) =>
        new(type, Encoding.UTF8.GetBytes($"[\"{JsonEncodedText.Encode(message)}\"]"), module);
}
