using CeleryNet.Benchmarks.Harness;

namespace CeleryNet.Benchmarks.Sql;

/// <summary>The database's driver alone: inserts 1 000 at a time; for as many callers at once on PostgreSQL, over two connections with half of them each.</summary>
internal sealed class RawProduce(RawDatabase database, bool isBulk) : IContender
{
    private const int Callers = 1000;

    private readonly byte[][] _envelopes = SampleMessages.Envelopes(Callers, RawDatabase.Queue);
    private readonly IMessageRows _rows = database.Rows();
    private readonly int _connections = database.IsServer && !isBulk ? 2 : 1;

    public string Name => $"{database.Product}, {Callers / _connections} inserts per transaction, {_connections} connection(s)";

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var sessions = await Task.WhenAll(Enumerable.Range(0, _connections).Select(_ => database.ConnectAsync())).ConfigureAwait(false);
        var meter = Meter.Start();
        await Task.WhenAll(sessions.Select((session, i) => InsertAsync(session, (operations / _connections) + (i < operations % _connections ? 1 : 0)))).WaitAsync(deadline).ConfigureAwait(false);
        var sample = meter.Stop(operations);
        foreach (var session in sessions) session.Dispose();
        var inserted = await _rows.CountAsync(deadline).ConfigureAwait(false);
        await _rows.ClearAsync(deadline).ConfigureAwait(false);
        return inserted == operations ? sample : throw new InvalidOperationException($"The table holds {inserted} messages instead of {operations}.");
    }

    public ValueTask DisposeAsync() => _rows.DisposeAsync();

    private async Task InsertAsync(RawSession session, int operations)
    {
        var most = Callers / _connections;
        for (var left = operations; left > 0; left -= most)
        {
            await session.BeginAsync().ConfigureAwait(false);
            await session.InsertManyAsync(_envelopes[..Math.Min(left, most)]).ConfigureAwait(false);
            await session.NotifyAsync("bench").ConfigureAwait(false);
            await session.CommitAsync().ConfigureAwait(false);
        }
    }
}
