namespace CeleryNet.Testing;

/// <summary>
/// Sends the periodic tasks of the host, each exactly at its moment of the virtual clock. Follows the beat's schedule as it is changed; without jitter, and nothing is ever missed. Used by one caller
/// at a time.
/// </summary>
/// <param name="schedule">The host's schedule; <c>null</c> where it has no beat.</param>
/// <param name="time">The clock.</param>
internal sealed class HarnessBeat(IBeatSchedule? schedule, VirtualTime time)
{
    private readonly Dictionary<string, Plan> _plans = [];

    /// <summary>When the next task is due; <c>null</c> when none is.</summary>
    internal async ValueTask<DateTimeOffset?> NextAsync(CancellationToken cancellationToken)
    {
        if (schedule is null) return null;
        var entries = await schedule.ListAsync(cancellationToken).ConfigureAwait(false);
        foreach (var gone in _plans.Keys.Except(entries.Select(static entry => entry.Name)).ToList()) _plans.Remove(gone);
        foreach (var entry in entries)
        {
            // What is new or changed counts from now on, which is when it became so: the clock has not moved since.
            var version = (entry.Schedule, entry.IsPaused, entry.Entry?.MaxRuns, entry.Entry?.Start, entry.Entry?.End);
            if (!_plans.TryGetValue(entry.Name, out var plan) || !plan.Version.Equals(version)) _plans[entry.Name] = new Plan(entry.Entry, version, time.GetUtcNow(), 0);
        }

        return _plans.Values.Min(static plan => plan.Due);
    }

    /// <summary>Sends what is due now.</summary>
    internal async ValueTask SendDueAsync(CancellationToken cancellationToken)
    {
        if (schedule is null) return;
        var now = time.GetUtcNow();
        foreach (var (name, plan) in _plans.Where(pair => pair.Value.Due <= now).OrderBy(pair => pair.Value.Due).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToList())
        {
            await schedule.RunNowAsync(name, cancellationToken).ConfigureAwait(false);
            _plans[name] = plan with { After = now, Runs = plan.Runs + 1 };
        }
    }

    private sealed record Plan(BeatEntry? Entry, object Version, DateTimeOffset After, long Runs)
    {
        internal DateTimeOffset? Due
        {
            get
            {
                if (Entry is null or { IsPaused: true } || Entry.MaxRuns <= Runs) return null;
                var due = Entry.Schedule.NextAfter(Entry.Start > After ? Entry.Start.Value.AddTicks(-1) : After);
                return due > Entry.End ? null : due;
            }
        }
    }
}
