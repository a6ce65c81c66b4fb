using System.Globalization;
using System.Text;
using System.Text.Json;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Worker.BuiltIn;

namespace CeleryNet.Worker;

/// <summary>Errors as Celery's readers know them. Celery protocol, results, exceptions.</summary>
internal static class WorkerErrors
{
    private const string CeleryExceptions = "celery.exceptions";
    private const string BilliardExceptions = "billiard.exceptions";

    internal static RemoteError Expired { get; } = Make("TaskRevokedError", "expired", CeleryExceptions);

    internal static RemoteError Revoked { get; } = Make("TaskRevokedError", "revoked", CeleryExceptions);

    internal static RemoteError Terminated { get; } = Make("TaskRevokedError", "terminated", CeleryExceptions);

    /// <summary>Without arguments, as billiard raises it.</summary>
    internal static RemoteError SoftTimeLimitExceeded { get; } = new("SoftTimeLimitExceeded", "[]"u8.ToArray(), BilliardExceptions);

    /// <summary>With the limit in seconds; whole seconds are written as such.</summary>
    internal static RemoteError TimeLimitExceeded(TimeSpan limit) =>
        new("TimeLimitExceeded", Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"[{limit.TotalSeconds}]")), BilliardExceptions);

    /// <summary>The task decided that it is no longer wanted.</summary>
    internal static RemoteError Cancelled(string? reason) => Make("TaskRevokedError", reason ?? "cancelled", CeleryExceptions);

    /// <summary>Retried as often as allowed without naming an error. The text is Celery's.</summary>
    internal static RemoteError MaxRetriesExceeded(TaskMessage message) => Make(
        "MaxRetriesExceededError", $"Can't retry {message.TaskName}[{message.Id}] args:{message.ArgsRepr} kwargs:{message.KwargsRepr}", CeleryExceptions);

    /// <summary>Its worker died while it ran.</summary>
    internal static RemoteError WorkerLost(string reason) => Make("WorkerLostError", reason, BilliardExceptions);

    internal static RemoteError NotRegistered(string name) => Make("NotRegistered", name, CeleryExceptions);

    /// <summary>A message that is no valid task. Celery stores nothing for most of these; whoever waits is better told.</summary>
    internal static RemoteError InvalidTask(string reason) => Make("InvalidTaskError", reason, CeleryExceptions);

    internal static RemoteError Of(Exception error) => error switch
    {
        SoftTimeLimitException => SoftTimeLimitExceeded,
        UnregisteredTaskException unregistered => NotRegistered(unregistered.TaskName),
        TaskArgumentException arguments => Make("TypeError", arguments.Reason, "builtins"),
        MessageFormatException value => Make("EncodeError", value.Reason, "kombu.exceptions"),
        TaskOutcomeException { Outcome.Error: { } cause } => Of(cause),
        _ => Make(NameOf(error.GetType()), error.Message, error.GetType().Namespace ?? "CeleryNet"),
    };

    // Outer.Inner, as Python's __qualname__; generic types without their arity.
    private static string NameOf(Type type)
    {
        var name = type.Name;
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        if (tick >= 0) name = name[..tick];
        return type.DeclaringType is { } outer ? $"{NameOf(outer)}.{name}" : name;
    }

    private static RemoteError Make(string type, string message, string module)
    {
        var encoded = JsonEncodedText.Encode(message);
        return new RemoteError(type, Encoding.UTF8.GetBytes($"[\"{encoded}\"]"), module);
    }
}
