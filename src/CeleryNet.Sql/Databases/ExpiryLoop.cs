using CeleryNet.Sql.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Sql.Databases;

/// <summary>Removes rows whose time is over, some at a time, so that nobody waits for it. Runs in every process; two at once do no harm.</summary>
/// <param name="database">The database.</param>
/// <param name="statements">Names of the statements that remove; each has the parameter <c>limit</c>.</param>
/// <param name="logger">Log.</param>
/// <param name="arguments">Makes what the statements need besides.</param>
/// <param name="also">Removes in a transaction what takes several statements, at most so many rows of a kind; true when there may be more.</param>
internal sealed class ExpiryLoop(
    SqlDatabase database, string[] statements, ILogger logger, Func<(string Name, object? Value)[]>? arguments = null, Func<SqlSession, int, ValueTask<bool>>? also = null) : IAsyncDisposable
{
    private const int MostAtOnce = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private Task? _loop;

    /// <summary>Begins, unless it has begun.</summary>
    internal void Start()
    {
        if (Volatile.Read(ref _loop) is not null) return;
        lock (_lock) _loop ??= RunAsync(_stopping.Token);
    }

    /// <summary>Removes some.</summary>
    /// <returns>True when there may be more.</returns>
    internal async Task<bool> RunOnceAsync(CancellationToken stopping)
    {
        var hasMore = false;
        (string Name, object? Value)[] all = [("limit", (long)MostAtOnce), .. arguments?.Invoke() ?? []];
        foreach (var statement in statements)
            hasMore |= await database.WriteAsync(session => session.ExecuteAsync(statement, all), database.Options.CommandTimeout, stopping).ConfigureAwait(false) == MostAtOnce;
        if (also is not null) hasMore |= await database.WriteAsync(session => also(session, MostAtOnce), database.Options.CommandTimeout, stopping).ConfigureAwait(false);

        return hasMore;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_loop is not null) await _loop.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (!await RunOnceAsync(stopping).ConfigureAwait(false)) await Task.Delay(Interval, database.Time, stopping).ConfigureAwait(false);
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.RoundFailed(logger, nameof(ExpiryLoop), error.Message);
                await Task.Delay(Interval, database.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
