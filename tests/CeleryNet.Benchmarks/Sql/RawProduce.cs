using CeleryNet.Benchmarks.Harness;

namespace CeleryNet.Benchmarks.Sql;

/// <summary>
/// The database's driver alone: inserts in transactions of 1 000, or one by one. One by one, PostgreSQL gets a transaction each over 16 connections; SQLite has one writer, and callers that wait for it
/// share its transactions, 1 000 at a time.
/// </summary>
internal sealed class RawProduce(RawDatabase database, bool isBulk) : IContender
{
    private const int Batch = 1000;
    private const int Connections = 16;

    private readonly byte[][] _envelopes = SampleMessages.Envelopes(Batch, RawDatabase.Queue);
    private readonly IMessageRows _rows = database.Rows();

    public string Name => isBulk || !database.IsServer ? $"{database.Product}, 1 000 inserts per transaction" : $"{database.Product}, an insert per transaction, 16 connections";

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var count = isBulk || !database.IsServer ? 1 : Connections;
        var sessions = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => database.ConnectAsync())).ConfigureAwait(false);
        var meter = Meter.Start();
        if (count == 1) await InsertBatchesAsync(sessions[0], operations).WaitAsync(deadline).ConfigureAwait(false);
        else await Task.WhenAll(sessions.Select((session, i) => InsertSinglyAsync(session, (operations / count) + (i < operations % count ? 1 : 0)))).WaitAsync(deadline).ConfigureAwait(false);
        var sample = meter.Stop(operations);
        foreach (var session in sessions) session.Dispose();
        var inserted = await _rows.CountAsync(deadline).ConfigureAwait(false);
        await _rows.ClearAsync(deadline).ConfigureAwait(false);
        return inserted == operations ? sample : throw new InvalidOperationException($"The table holds {inserted} messages instead of {operations}.");
    }

    public ValueTask DisposeAsync() => _rows.DisposeAsync();

    private async Task InsertBatchesAsync(RawSession session, int operations)
    {
        for (var left = operations; left > 0; left -= Batch)
        {
            await session.BeginAsync().ConfigureAwait(false);
            await session.InsertManyAsync(_envelopes.Take(left)).ConfigureAwait(false);
            await session.NotifyAsync("bench").ConfigureAwait(false);
            await session.CommitAsync().ConfigureAwait(false);
        }
    }

    private async Task InsertSinglyAsync(RawSession session, int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            await session.BeginAsync().ConfigureAwait(false);
            await session.InsertAsync(_envelopes[i % Batch]).ConfigureAwait(false);
            await session.NotifyAsync("bench").ConfigureAwait(false);
            await session.CommitAsync().ConfigureAwait(false);
        }
    }
}
