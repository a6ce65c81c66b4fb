namespace CeleryNet.Scheduling;

/// <summary>An entry on the agenda of the beat that leads: how far it has come, and when it is due next. Not thread-safe.</summary>
internal sealed class AgendaItem
{
    // A clock that was far ahead left moments that are yet to come. They are believed as long as a clock may be wrong by mistake of zone or season, or the entry would stay silent for years.
    private static readonly TimeSpan FarAhead = TimeSpan.FromHours(25);

    private readonly string _beat;
    private DateTimeOffset _through; // moments up to here were sent or left out

    internal AgendaItem(string beat, BeatEntry entry, DateTimeOffset since, EntryProgress? progress)
    {
        (_beat, Entry, Progress) = (beat, entry, progress);
        _through = since;
        if (progress is not null && BaseOf(progress) > _through) _through = BaseOf(progress);
    }

    internal BeatEntry Entry { get; }

    internal EntryProgress? Progress { get; private set; }

    /// <summary>The moment for which it is sent next; <c>null</c> when there is none.</summary>
    internal DateTimeOffset? Moment { get; private set; }

    /// <summary>When it is sent for <see cref="Moment"/>: later by the jitter, or after a pause when the broker did not take it.</summary>
    internal DateTimeOffset SendAt { get; private set; }

    /// <summary>Which of its places on the heap is the valid one.</summary>
    internal int Stamp { get; set; }

    /// <summary>When a moment is sent.</summary>
    internal DateTimeOffset WithJitter(DateTimeOffset moment) =>
        Entry.Jitter == TimeSpan.Zero ? moment : moment + (Entry.Jitter * RunId.FractionOf(_beat, Entry.Name, moment));

    /// <summary>Finds the next moment.</summary>
    internal void Plan(DateTimeOffset now)
    {
        if (_through - now > FarAhead) _through = now;
        Moment = Next();
        if (Moment is { } moment) SendAt = WithJitter(moment);
    }

    /// <summary>The moments to send now that <see cref="SendAt"/> has come, by the entry's misfire policy, the oldest first; those it leaves out are done with.</summary>
    internal IReadOnlyList<DateTimeOffset> Take(DateTimeOffset now, TimeSpan threshold)
    {
        if (Moment is not { } first) return [];
        var left = Entry.MaxRuns - (Progress?.TotalRuns ?? 0) ?? long.MaxValue;
        var end = Entry.End < now ? Entry.End.Value : now;
        if (IsRelative || end < first)
        {
            if (Entry.Misfire != MisfirePolicy.Skip || now - WithJitter(first) <= threshold) return [first];
            _through = IsRelative ? now : first;
            return [];
        }

        var most = Entry.Misfire == MisfirePolicy.CatchUp ? Entry.CatchUpLimit : 1;
        var moments = Newest(first, end, most);
        if (Entry.Misfire == MisfirePolicy.Skip && now - WithJitter(moments[^1]) > threshold)
        {
            _through = moments[^1];
            return [];
        }

        return moments.Count > left ? moments[..(int)left] : moments;
    }

    /// <summary>It was sent for a moment.</summary>
    /// <param name="moment">The moment.</param>
    /// <param name="now">When that was.</param>
    internal void Sent(DateTimeOffset moment, DateTimeOffset now)
    {
        Progress = new EntryProgress(Entry.Name, moment, now, (Progress?.TotalRuns ?? 0) + 1);
        _through = BaseOf(Progress);
    }

    /// <summary>It was left out for a moment for good; that is no run.</summary>
    /// <param name="moment">The moment.</param>
    /// <param name="now">When that was decided.</param>
    internal void LeftOut(DateTimeOffset moment, DateTimeOffset now)
    {
        Progress = new EntryProgress(Entry.Name, moment, now, Progress?.TotalRuns ?? 0);
        _through = BaseOf(Progress);
    }

    /// <summary>A moment that cannot be sent whatever one tries.</summary>
    internal void GiveUp(DateTimeOffset moment, DateTimeOffset now) => _through = IsRelative ? now : moment;

    /// <summary>The broker did not take it: the same moment again, later.</summary>
    internal void Postpone(DateTimeOffset until) => SendAt = until;

    private bool IsRelative => Entry.Schedule is IntervalSchedule { Anchor: null };

    // What counts from the run before counts from when that was sent, not from when it should have been.
    private DateTimeOffset BaseOf(EntryProgress progress) => IsRelative ? progress.LastSent : progress.LastRun;

    private DateTimeOffset? Next()
    {
        if (Entry.IsPaused || Progress?.TotalRuns >= Entry.MaxRuns) return null;
        var after = _through;
        if (Entry.Start is { } start && start > after) after = IsRelative ? start : start - TimeSpan.FromTicks(1); // the start itself may be one
        var next = Entry.Schedule.NextAfter(after);
        return next > Entry.End ? null : next;
    }

    // The last ones up to a moment, without going through all since the first, which may be years of seconds ago.
    private List<DateTimeOffset> Newest(DateTimeOffset first, DateTimeOffset end, int most)
    {
        for (var window = TimeSpan.FromSeconds(1); ; window *= 4)
        {
            var isAll = end - first <= window;
            var moments = new List<DateTimeOffset>();
            if (isAll) moments.Add(first);
            for (var next = Entry.Schedule.NextAfter(isAll ? first : end - window); next <= end; next = Entry.Schedule.NextAfter(next.Value)) moments.Add(next.Value);
            if (isAll || moments.Count >= most) return moments.Count > most ? moments[^most..] : moments;
        }
    }
}
