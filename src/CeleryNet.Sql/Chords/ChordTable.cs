using System.Data.Common;
using CeleryNet.Results;
using CeleryNet.Sql.Databases;

namespace CeleryNet.Sql.Chords;

/// <summary>
/// The tables of chords. A member is written before the chord's row, which is held until the transaction ends: so members that end at once are counted one after the other, and nobody deadlocks.
/// </summary>
/// <param name="lifetime">How long they are kept, in milliseconds; <c>null</c> for ever.</param>
internal sealed class ChordTable(long? lifetime)
{
    // Sending one message takes a few milliseconds. While the broker is away it takes longer; then another run of the member sends the body too, under the same id.
    private const long SenderAlone = 3000;

    internal ValueTask<int> SetSizeAsync(SqlSession session, string groupId, int size) =>
        session.ExecuteAsync("size-chord", ("chord", groupId), ("size", size), ("lifetime", lifetime));

    internal async ValueTask<bool> AddMemberAsync(SqlSession session, string groupId, string taskId)
    {
        var added = await session.ExecuteAsync("add-chord-member", ("chord", groupId), ("task_id", taskId)).ConfigureAwait(false);
        await AddAsync(session, groupId, added, 0).ConfigureAwait(false);
        return added > 0;
    }

    /// <summary>Counts members, those of a chord together; chord by chord in the order of their ids, so that two transactions do not wait for each other.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="ends">The members that have ended; several on PostgreSQL alone.</param>
    /// <returns>An answer for each.</returns>
    internal async ValueTask<IReadOnlyList<ChordCount>> CountAsync(SqlSession session, IReadOnlyList<ChordEnd> ends)
    {
        var answers = new ChordCount[ends.Count];
        foreach (var chord in Enumerable.Range(0, ends.Count).GroupBy(place => ends[place].Chord).OrderBy(static chord => chord.Key, StringComparer.Ordinal))
        {
            int[] places = [.. chord];
            var counted = await CountAsync(session, chord.Key, [.. places.Select(place => ends[place])]).ConfigureAwait(false);
            for (var i = 0; i < places.Length; i++) answers[places[i]] = counted[i];
        }

        return answers;
    }

    /// <summary>Removes chords whose time is over. They are held first and looked at afterwards: whoever counts meanwhile either renews the chord before or makes it anew, and no member stays without one.</summary>
    /// <returns>True when there may be more.</returns>
    internal static async ValueTask<bool> ExpireAsync(SqlSession session, int limit)
    {
        string[] chords = [.. await session.QueryAsync("expired-chords", static row => row.GetString(0), ("limit", (long)limit)).ConfigureAwait(false)];
        if (chords.Length == 0) return false;
        var members = await session.ExecuteAsync("expire-chord-members", ("chords", chords), ("limit", (long)limit)).ConfigureAwait(false);
        await session.ExecuteAsync("expire-chords", ("chords", chords)).ConfigureAwait(false);
        return chords.Length == limit || members == limit;
    }

    internal static async ValueTask<bool> RemoveAsync(SqlSession session, string groupId)
    {
        await session.ExecuteAsync("remove-chord-members", ("chord", groupId)).ConfigureAwait(false);
        return await session.ExecuteAsync("remove-chord", ("chord", groupId)).ConfigureAwait(false) > 0;
    }

    // Members that are new are written after the chord's row is held, the other way round than they are counted; but nobody counts a member before this was committed.
    internal async ValueTask<bool> AddMembersAsync(SqlSession session, string batchId, IReadOnlyList<string> taskIds, string? closingId)
    {
        var known = await session.QueryAsync("known-chord-members", static row => row.GetString(0), ("chord", batchId), ("task_ids", taskIds.ToArray())).ConfigureAwait(false);
        string[] added = [.. taskIds.Except(known)];
        if (added.Length == 0) return true;

        var isCounting = await session.QueryAsync("hold-batch", static row => !row.IsDBNull(0), ("chord", batchId), ("lifetime", lifetime)).ConfigureAwait(false);
        if (isCounting is not [true]) return false;
        // Asked after the row is held, so that an end which was counted meanwhile is seen.
        if (closingId is not null && await session.ScalarAsync<string>("ended-chord-member", ("chord", batchId), ("task_id", closingId)).ConfigureAwait(false) is not null) return false;
        await session.ExecuteAsync("add-chord-members", ("chord", batchId), ("task_ids", added)).ConfigureAwait(false);
        await AddAsync(session, batchId, added.Length, 0).ConfigureAwait(false);
        return true;
    }

    internal static async ValueTask<BatchTally> GetBatchAsync(SqlSession session, string batchId, string closingId)
    {
        var chord = await session.QueryAsync("batch", static row => (Added: row.GetInt32(1), IsCounting: !row.IsDBNull(0)), ("chord", batchId)).ConfigureAwait(false);
        if (chord is not [var known]) return default;
        var parts = await session.QueryAsync("chord-parts", static row => ChordElement.Read((byte[])row[0]), ("chord", batchId)).ConfigureAwait(false);
        var members = parts.Where(part => part.TaskId != closingId).ToList();
        return new BatchTally(known.Added, members.Count, members.Count(static part => part.State != TaskStates.Success), members.Count < parts.Count, known.IsCounting);
    }

    internal static ValueTask<int> EndBatchAsync(SqlSession session, string batchId) => session.ExecuteAsync("end-batch", ("chord", batchId));

    internal ValueTask<int> SaveGroupAsync(SqlSession session, string groupId, byte[] tuple) =>
        session.ExecuteAsync("save-group", ("id", groupId), ("lifetime", lifetime), ("tuple", tuple));

    internal static ValueTask<byte[]?> GetGroupAsync(SqlSession session, string groupId) => session.ScalarAsync<byte[]>("saved-group", ("id", groupId));

    private async ValueTask<ChordCount[]> CountAsync(SqlSession session, string chordId, ChordEnd[] ends)
    {
        var counted = await EndAsync(session, chordId, ends).ConfigureAwait(false);
        if (ends.Max(static end => end.LeastSize) is > 0 and var leastSize) await session.ExecuteAsync("raise-chord", ("chord", chordId), ("size", leastSize)).ConfigureAwait(false);
        var chord = await AddAsync(session, chordId, 0, counted).ConfigureAwait(false);
        var answers = new ChordCount[ends.Length];
        if (!chord.IsComplete) return answers;
        var (sender, run) = (chord.Sender, chord.Run);
        for (var i = 0; i < ends.Length; i++)
        {
            if (sender is not null && sender != ends[i].TaskId) continue; // the message of that member comes again if its worker is lost
            if (run is not null && run != ends[i].Run)
            {
                answers[i] = ChordCount.BeingEnded;
                continue;
            }

            (sender, run) = (ends[i].TaskId, ends[i].Run);
            await session.ExecuteAsync("claim-chord", ("chord", chordId), ("task_id", sender), ("run", run)).ConfigureAwait(false);
            answers[i] = new ChordCount(await session.QueryAsync("chord-parts", static row => ChordElement.Read((byte[])row[0]), ("chord", chordId)).ConfigureAwait(false));
        }

        return answers;
    }

    /// <returns>How many had not ended before.</returns>
    private static async ValueTask<int> EndAsync(SqlSession session, string chordId, ChordEnd[] ends)
    {
        if (ends is [var only]) return await session.ExecuteAsync("end-chord-member", ("chord", chordId), ("task_id", only.TaskId), ("place", only.Place), ("part", only.Part)).ConfigureAwait(false);
        var members = ends.DistinctBy(static end => end.TaskId).ToList(); // two runs of one member: the first counts, as it does one after the other
        return (await session.QueryAsync(
            "end-chord-members",
            static row => row.GetString(0),
            ("chord", chordId),
            ("task_ids", members.Select(static end => end.TaskId).ToArray()),
            ("places", members.Select(static end => end.Place).ToArray()),
            ("parts", members.Select(static end => end.Part).ToArray())).ConfigureAwait(false)).Count;
    }

    private async ValueTask<Counters> AddAsync(SqlSession session, string groupId, int added, int counted) =>
        (await session.QueryAsync("count-chord", Counters.Read, ("chord", groupId), ("added", added), ("counted", counted), ("alone", SenderAlone), ("lifetime", lifetime)).ConfigureAwait(false))[0];

    /// <param name="IsComplete">The size is known, and all members have ended.</param>
    /// <param name="Sender">The member that was last and ends the chord; <c>null</c> when none was.</param>
    /// <param name="Run">Its run that does so at the moment; <c>null</c> when none does, or has for too long.</param>
    private readonly record struct Counters(bool IsComplete, string? Sender, string? Run)
    {
        internal static Counters Read(DbDataReader row) => new(
            !row.IsDBNull(0) && row.GetInt32(2) >= row.GetInt32(0) + row.GetInt32(1), row.IsDBNull(3) ? null : row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4));
    }
}
