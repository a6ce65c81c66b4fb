namespace CeleryNet.Worker.Limits;

/// <summary>
/// The rate limit of one task in this worker: Celery's token bucket of capacity 1, written as the moment of the next start (generic cell rate algorithm). Each task gets a start of its own, so
/// that those that wait need not be asked again. Thread-safe.
/// </summary>
internal sealed class RateLimiter(TimeSpan spacing, TimeProvider time)
{
    // Bounds how long a task stays away that was sent away before the limit was lifted.
    private static readonly TimeSpan LongestAway = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly long _origin = time.GetTimestamp();
    private readonly Spread _away = new(LongestAway);
    private TimeSpan _next;

    // Since the limiter began, by the monotonic clock: a step of the wall clock must not stop a task.
    private TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>Takes the next start.</summary>
    /// <param name="longest">The longest wait that is worth while.</param>
    /// <returns>How long it is until then; <c>null</c> when it is longer, and nothing was taken.</returns>
    internal TimeSpan? TryTake(TimeSpan longest)
    {
        lock (_lock)
        {
            var now = Now;
            var start = _next > now ? _next : now;
            if (start - now > longest) return null;
            _next = start + spacing;
            return start - now;
        }
    }

    /// <summary>How long a task stays away that got no start: as many come back in a time as may start in it.</summary>
    internal TimeSpan Away()
    {
        lock (_lock)
        {
            var now = Now;
            return _away.Next(_next > now ? _next : now, spacing) - now;
        }
    }
}
