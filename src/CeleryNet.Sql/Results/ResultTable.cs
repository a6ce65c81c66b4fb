using CeleryNet.Sql.Databases;
using CeleryNet.Sql.Publishing;

namespace CeleryNet.Sql.Results;

/// <summary>The table of results.</summary>
/// <param name="lifetime">How long they are kept, in milliseconds; <c>null</c> for ever.</param>
internal sealed class ResultTable(long? lifetime)
{
    /// <summary>Stores a state, unless a SUCCESS is there, and tells those who wait.</summary>
    /// <returns>False when a SUCCESS was there.</returns>
    internal async ValueTask<bool> StoreAsync(SqlSession session, string taskId, string state, byte[] document)
    {
        var stored = await session.ExecuteAsync("store-result", ("task_id", taskId), ("state", state), ("lifetime", lifetime), ("document", document)).ConfigureAwait(false);
        if (stored == 0) return false;
        session.Signal(Topic.Result + taskId);
        return true;
    }

    /// <summary>Stores states in their order, each as if alone; on PostgreSQL.</summary>
    /// <returns>False for those where a SUCCESS was there.</returns>
    internal async ValueTask<IReadOnlyList<bool>> StoreAsync(SqlSession session, IReadOnlyList<(string TaskId, string State, byte[] Document)> states)
    {
        if (states is [var only]) return [await StoreAsync(session, only.TaskId, only.State, only.Document).ConfigureAwait(false)];
        var isStored = new bool[states.Count];
        var left = Enumerable.Range(0, states.Count).ToList();
        while (left.Count > 0)
        {
            var round = left.DistinctBy(place => states[place].TaskId).ToList(); // one statement cannot change a row twice
            var stored = await session.QueryAsync(
                "store-results",
                static row => row.GetString(0),
                ("task_ids", round.Select(place => states[place].TaskId).ToArray()),
                ("states", round.Select(place => states[place].State).ToArray()),
                ("lifetime", lifetime),
                ("documents", round.Select(place => states[place].Document).ToArray())).ConfigureAwait(false);
            var ids = stored.ToHashSet();
            foreach (var place in round) isStored[place] = ids.Contains(states[place].TaskId);
            foreach (var id in stored) session.Signal(Topic.Result + id);
            left = [.. left.Except(round)];
        }

        return isStored;
    }

    internal static ValueTask<byte[]?> GetAsync(SqlSession session, string taskId) => session.ScalarAsync<byte[]>("result", ("task_id", taskId));

    /// <summary>The states of some tasks, of those that have one.</summary>
    internal static ValueTask<List<(string TaskId, long Version, byte[] Document)>> GetManyAsync(SqlSession session, string[] taskIds) =>
        session.QueryAsync("results", static row => (row.GetString(0), row.GetInt64(1), (byte[])row[2]), ("task_ids", taskIds));
}
