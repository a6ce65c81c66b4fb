namespace CeleryNet.Results;

/// <summary>The states of a task. Any other string is a custom state. Celery protocol, results.</summary>
public static class TaskStates
{
    /// <summary>Waiting, or unknown: never stored.</summary>
    public const string Pending = "PENDING";

    /// <summary>Running; stored only where the task tracks its start.</summary>
    public const string Started = "STARTED";

    /// <summary>Returned a value.</summary>
    public const string Success = "SUCCESS";

    /// <summary>Ended with an error.</summary>
    public const string Failure = "FAILURE";

    /// <summary>Cancelled before or while it ran, or expired.</summary>
    public const string Revoked = "REVOKED";

    /// <summary>Failed and will run again.</summary>
    public const string Retry = "RETRY";

    /// <summary>The custom state of an injected <see cref="IProgress{T}"/>; the one that Celery's users mostly choose.</summary>
    public const string Progress = "PROGRESS";

    /// <summary>True for the states after which nothing follows: SUCCESS, FAILURE, REVOKED.</summary>
    public static bool IsReady(string state) => state is Success or Failure or Revoked;

    /// <summary>True where the stored value is an error: FAILURE, REVOKED, RETRY.</summary>
    public static bool IsException(string state) => state is Failure or Revoked or Retry;

    /// <summary>True for Celery's own states, which a task cannot report: the worker stores them. RECEIVED, REJECTED and IGNORED are known to monitors only.</summary>
    public static bool IsReserved(string state) => state is Pending or Started or Success or Failure or Revoked or Retry or "RECEIVED" or "REJECTED" or "IGNORED";
}
