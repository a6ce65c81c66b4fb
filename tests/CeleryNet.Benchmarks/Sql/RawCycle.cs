using CeleryNet.Benchmarks.Harness;
using CeleryNet.Messages;

namespace CeleryNet.Benchmarks.Sql;

/// <summary>
/// The database's driver alone: claims 100, stores their results, deletes them. SQLite stores the results in the transaction that deletes; PostgreSQL has two such loops, and a transaction for each
/// result, over 16 connections.
/// </summary>
internal sealed class RawCycle(RawDatabase database, bool withResults) : IContender
{
    private const int Loops = 2;
    private const int Connections = 16;

    private readonly IMessageRows _rows = database.Rows();

    public string Name => $"{database.Product}, claim 100{(withResults ? " + a result each" : "")} + delete 100";

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        await _rows.FillAsync(RawDatabase.Queue, operations, deadline).ConfigureAwait(false);
        var arrivals = new Arrivals(operations);
        await Task.WhenAll(Enumerable.Range(0, database.IsServer ? Loops : 1).Select(_ => CycleAsync(arrivals))).WaitAsync(deadline).ConfigureAwait(false);
        var sample = arrivals.Stop();
        var left = await _rows.CountAsync(deadline).ConfigureAwait(false);
        await _rows.ClearAsync(deadline).ConfigureAwait(false);
        return arrivals.Ended == operations && left == 0 ? sample : throw new InvalidOperationException($"{arrivals.Ended} of {operations} messages were handled, {left} are left.");
    }

    public ValueTask DisposeAsync() => _rows.DisposeAsync();

    private async Task CycleAsync(Arrivals arrivals)
    {
        using var session = await database.ConnectAsync().ConfigureAwait(false);
        var writers = await Task.WhenAll(Enumerable.Range(0, withResults && database.IsServer ? Connections / Loops : 0).Select(_ => database.ConnectAsync())).ConfigureAwait(false);
        var consumer = await session.OpenConsumerAsync().ConfigureAwait(false);
        while (true)
        {
            await session.BeginAsync().ConfigureAwait(false);
            var ids = await session.ClaimAsync(consumer).ConfigureAwait(false);
            await session.CommitAsync().ConfigureAwait(false);
            if (ids.Count == 0) break;
            foreach (var _ in ids) arrivals.Begin();
            await Task.WhenAll(writers.Select((writer, i) => StoreAsync(writer, (ids.Count / writers.Length) + (i < ids.Count % writers.Length ? 1 : 0)))).ConfigureAwait(false);
            await session.BeginAsync().ConfigureAwait(false);
            if (withResults && writers.Length == 0) foreach (var _ in ids) await session.StoreAsync(TaskId.New()).ConfigureAwait(false);
            await session.AcknowledgeAsync(consumer, ids).ConfigureAwait(false);
            await session.CommitAsync().ConfigureAwait(false);
            foreach (var _ in ids) arrivals.End();
        }

        foreach (var writer in writers) writer.Dispose();
    }

    private static async Task StoreAsync(RawSession writer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var id = TaskId.New();
            await writer.BeginAsync().ConfigureAwait(false);
            await writer.StoreAsync(id).ConfigureAwait(false);
            await writer.NotifyAsync(id).ConfigureAwait(false);
            await writer.CommitAsync().ConfigureAwait(false);
        }
    }
}
