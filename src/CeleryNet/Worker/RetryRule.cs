using CeleryNet.Tasks;

namespace CeleryNet.Worker;

/// <summary>Whether a task is retried, and after what time. Celery's rules: <c>autoretry_for</c>, <c>retry_backoff</c>, <c>default_retry_delay</c>. Thread-safe when its random source is.</summary>
internal sealed class RetryRule(Random random)
{
    /// <summary>Celery's <c>max_retries</c>.</summary>
    internal const int DefaultMaxRetries = 3;

    /// <summary>Any number of retries.</summary>
    internal const int Unlimited = -1;

    private static readonly TimeSpan DefaultDelay = TimeSpan.FromSeconds(180); // Celery's default_retry_delay
    private static readonly TimeSpan DefaultBackoffStep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DefaultBackoffMax = TimeSpan.FromSeconds(600); // Celery's retry_backoff_max

    /// <summary>True when the exception alone retries the task. What can never heal does not: arguments that do not fit, a result that cannot be written.</summary>
    internal static bool Retries(TaskPolicy policy, Exception error)
    {
        if (policy is { MaxRetries: null, RetryFor: null } || error is TaskArgumentException or MessageFormatException) return false;
        if (policy.NoRetryFor is { } never && IsAny(never, error)) return false;
        return policy.RetryFor is not { } only || IsAny(only, error);
    }

    /// <summary>True when one more retry is allowed.</summary>
    internal static bool IsLeft(int? maxRetries, int retries) => (maxRetries ?? DefaultMaxRetries) is var most && (most == Unlimited || retries < most);

    /// <summary>How long the next retry waits.</summary>
    /// <param name="policy">The task's policy.</param>
    /// <param name="retries">How often it was retried so far.</param>
    internal TimeSpan DelayOf(TaskPolicy policy, int retries)
    {
        if (policy.RetryBackoff != true) return policy.RetryDelay ?? DefaultDelay;
        var longest = (policy.RetryBackoffMax ?? DefaultBackoffMax).TotalSeconds;
        var seconds = Math.Min(longest, (policy.RetryDelay ?? DefaultBackoffStep).TotalSeconds * Math.Pow(2, retries));
        return TimeSpan.FromSeconds(policy.RetryJitter == false ? seconds : seconds * random.NextDouble());
    }

    private static bool IsAny(IReadOnlyList<Type> types, Exception error)
    {
        foreach (var type in types)
        {
            if (type.IsInstanceOfType(error)) return true;
        }

        return false;
    }
}
