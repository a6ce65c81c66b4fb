using System.Text;
using CeleryNet.Serialization;
using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Diagnostics;
using CeleryNet.Sql.Publishing;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Sql.Kombu;

/// <summary>
/// Moves what Python producers put into the tables of kombu's SQL transport (<c>kombu_queue</c>, <c>kombu_message</c>) into the queues of the same names: taken out there and put in here by one transaction,
/// so that it is in one of both places at every moment. From then on it is a message like any other, with lease, count and due time. Every worker moves for the queues it consumes. Celery protocol, SQLAlchemy broker.
/// </summary>
/// <param name="database">The database, with the tables of both.</param>
/// <param name="writer">Puts messages into queues.</param>
/// <param name="queues">The queues that are consumed at the moment.</param>
/// <param name="wire">Limits.</param>
/// <param name="logger">Log.</param>
internal sealed class KombuInbox(SqlDatabase database, MessageWriter writer, Func<string[]> queues, WireOptions wire, ILogger logger)
{
    private const int MostAtOnce = 500;

    private bool _exists;

    /// <summary>Moves until it is told to stop: whenever something may have been written, and each <see cref="SqlOptions.KombuInterval"/>, since Python tells nobody.</summary>
    internal async Task RunAsync(CancellationToken stopping)
    {
        await Task.Yield();
        var wake = new AsyncSignal();
        using var listening = database.Listen(topic =>
        {
            if (topic is null) wake.Set(); // SQLite: another process has written
        });
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (await RunOnceAsync(stopping).ConfigureAwait(false) == 0) await wake.WaitAsync(database.Options.KombuInterval, database.Time, stopping).ConfigureAwait(false);
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.RoundFailed(logger, nameof(KombuInbox), error.Message);
                await Task.Delay(database.Options.CommandTimeout, database.Time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Moves what is there, some of each queue.</summary>
    /// <returns>How many.</returns>
    internal async Task<int> RunOnceAsync(CancellationToken stopping)
    {
        var limit = database.Options.CommandTimeout;
        _exists = _exists || await database.ReadAsync(session => session.ScalarAsync<object>("kombu-exists"), limit, stopping).ConfigureAwait(false) is true or 1L;
        if (!_exists) return 0; // the first producer makes them
        var waiting = await database.ReadAsync(session => session.QueryAsync("kombu-waiting", static row => row.GetString(0), ("queues", queues())), limit, stopping).ConfigureAwait(false);
        return waiting.Count == 0 ? 0 : await database.WriteAsync(session => MoveAsync(session, waiting), limit, stopping).ConfigureAwait(false);
    }

    private async ValueTask<int> MoveAsync(SqlSession session, List<string> names)
    {
        var rows = new List<MessageRow>();
        foreach (var queue in names)
        {
            var taken = await session.QueryAsync("kombu-take", static row => (Id: row.GetInt64(0), Payload: row.GetString(1)), ("queue", queue), ("limit", (long)MostAtOnce)).ConfigureAwait(false);
            rows.AddRange(taken.OrderBy(static one => one.Id).Select(one => MessageRow.OfEnvelope(Encoding.UTF8.GetBytes(one.Payload), queue, wire)));
        }

        var lost = await writer.WriteAsync(session, rows).ConfigureAwait(false);
        return lost.Count == 0 ? rows.Count : throw new InvalidOperationException($"queue '{rows[lost[0]].RoutingKey}' is not declared"); // which takes the move back
    }
}
