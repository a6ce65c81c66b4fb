using CeleryNet.Benchmarks.Harness;
using CeleryNet.Messages;

namespace CeleryNet.Benchmarks.Sql;

/// <summary>The database's driver alone: claims 100, stores their results in one transaction, deletes them. On PostgreSQL two loops at once.</summary>
internal sealed class RawCycle(RawDatabase database, bool withResults) : IContender
{
    private const int Loops = 2;

    private readonly IMessageRows _rows = database.Rows();

    public string Name => $"{database.Product}, claim 100{(withResults ? " + store 100" : "")} + delete 100";

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
        var consumer = await session.OpenConsumerAsync().ConfigureAwait(false);
        while (true)
        {
            await session.BeginAsync().ConfigureAwait(false);
            var ids = await session.ClaimAsync(consumer).ConfigureAwait(false);
            await session.CommitAsync().ConfigureAwait(false);
            if (ids.Count == 0) break;
            foreach (var _ in ids) arrivals.Begin();
            await session.BeginAsync().ConfigureAwait(false);
            if (withResults)
            {
                await session.StoreManyAsync([.. ids.Select(_ => TaskId.New())]).ConfigureAwait(false);
                if (database.IsServer)
                {
                    await session.CommitAsync().ConfigureAwait(false); // before, not with, what acknowledges
                    await session.BeginAsync().ConfigureAwait(false);
                }
            }

            await session.AcknowledgeAsync(consumer, ids).ConfigureAwait(false);
            await session.CommitAsync().ConfigureAwait(false);
            foreach (var _ in ids) arrivals.End();
        }
    }
}
