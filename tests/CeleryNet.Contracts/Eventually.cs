using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CeleryNet.Contracts;

/// <summary>Waits until something is so that sends no signal, such as the state of a server. Where a signal exists, use <see cref="Deadline"/>.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Asks again and again until the answer is true.</summary>
    /// <exception cref="TimeoutException">It was not within the limit, by default 10 s.</exception>
    public static Task IsTrueAsync(Func<bool> condition, TimeSpan? limit = null, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        IsTrueAsync(() => Task.FromResult(condition()), limit, what);

    /// <summary>Asks again and again until the answer is true.</summary>
    /// <exception cref="TimeoutException">It was not within the limit, by default 10 s.</exception>
    public static async Task IsTrueAsync(Func<Task<bool>> condition, TimeSpan? limit = null, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > (limit ?? Deadline.Usual)) throw new TimeoutException($"'{what}' was not true within {limit ?? Deadline.Usual}.");
            await Task.Delay(Pause);
        }
    }
}
