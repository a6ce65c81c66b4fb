using System.Data.Common;
using CeleryNet.Sql.Databases;

namespace CeleryNet.Sql.Consuming;

/// <summary>A row that was taken from a queue.</summary>
internal readonly record struct ClaimedRow(long Id, string Queue, int Priority, int Deliveries, bool IsExpired, byte[] Content)
{
    /// <summary>Takes the next messages.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="consumer">Who takes them.</param>
    /// <param name="wanted">The queues, in the order in which they are asked, and how many at most of each.</param>
    /// <param name="limit">How many at most of all.</param>
    internal static async ValueTask<List<ClaimedRow>> TakeAsync(SqlSession session, long consumer, IReadOnlyList<(string Queue, int Most)> wanted, int limit)
    {
        List<ClaimedRow> taken;
        if (session.HasArrays)
        {
            taken = await session.QueryAsync(
                "claim",
                Read,
                ("consumer", consumer),
                ("queues", wanted.Select(static one => one.Queue).ToArray()),
                ("limits", wanted.Select(static one => (long)one.Most).ToArray()),
                ("limit", (long)limit)).ConfigureAwait(false);
        }
        else // inside the process a statement for each queue costs as little as a part of one
        {
            taken = [];
            foreach (var (queue, most) in wanted)
            {
                if (taken.Count == limit) break;
                taken.AddRange(await session.QueryAsync("claim", Read, ("consumer", consumer), ("queue", queue), ("limit", (long)Math.Min(most, limit - taken.Count))).ConfigureAwait(false));
            }
        }

        // Neither database promises the order of what an update returns.
        taken.Sort(static (one, other) => one.Priority != other.Priority ? other.Priority.CompareTo(one.Priority) : one.Id.CompareTo(other.Id));
        return taken;
    }

    private static ClaimedRow Read(DbDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4) != 0, (byte[])row[5]);
}
