using CeleryNet.Diagnostics;
using CeleryNet.Messages;

namespace CeleryNet.Scheduling;

/// <summary>Looks at the schedule and changes it, in the store; the beats follow.</summary>
internal sealed class BeatSchedule(string beat, ScheduleBook book, IScheduleStore store, ITaskClient client, Action wake, TimeProvider time) : IBeatSchedule
{
    public async Task<IReadOnlyList<BeatEntryStatus>> ListAsync(CancellationToken cancellationToken)
    {
        var schedule = await store.LoadAsync(beat, cancellationToken).ConfigureAwait(false);
        var progress = schedule.Progress.ToDictionary(each => each.Name);
        var stored = schedule.Entries.Concat(book.Own.Values.ExceptBy(schedule.Entries.Select(entry => entry.Name), entry => entry.Name).Select(entry => book.Store(entry, null, EntryOrigin.Code)));
        return [.. stored.OrderBy(entry => entry.Name, StringComparer.Ordinal).Select(entry => StatusOf(entry, progress.GetValueOrDefault(entry.Name)))];
    }

    public async Task AddAsync(BeatEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        Check(entry, null);
        var known = await FindAsync(entry.Name, cancellationToken).ConfigureAwait(false);
        if (known is { Origin: EntryOrigin.Added }) await store.RemoveAsync(beat, entry.Name, cancellationToken).ConfigureAwait(false); // with its progress: it begins anew
        await SaveAsync(entry, null, book.Own.ContainsKey(entry.Name) || known is { Origin: not EntryOrigin.Added } ? EntryOrigin.Changed : EntryOrigin.Added, cancellationToken).ConfigureAwait(false);
    }

    public async Task<bool> ChangeAsync(string name, Func<BeatEntry, BeatEntry> change, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(change);
        if (await FindAsync(name, cancellationToken).ConfigureAwait(false) is not { } stored) return false;
        if (book.EntryOf(stored) is not { } entry) throw new ArgumentException($"Periodic task '{Printable.Limit(name)}' cannot be changed here: its schedule is a class that this host does not have.", nameof(name));
        var changed = change(entry);
        Check(changed, entry);
        await SaveAsync(changed, stored, stored.Origin == EntryOrigin.Added ? EntryOrigin.Added : EntryOrigin.Changed, cancellationToken).ConfigureAwait(false);
        return true;
    }

    public Task<bool> PauseAsync(string name, CancellationToken cancellationToken) => ChangeAsync(name, static entry => entry with { IsPaused = true }, cancellationToken);

    public Task<bool> ResumeAsync(string name, CancellationToken cancellationToken) => ChangeAsync(name, static entry => entry with { IsPaused = false }, cancellationToken);

    public async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (await FindAsync(name, cancellationToken).ConfigureAwait(false) is not { } stored) return false;
        if (stored.Origin == EntryOrigin.Code)
            throw new InvalidOperationException($"Periodic task '{Printable.Limit(name)}' comes from the code or configuration of its host. Pause it, or remove it there.");
        if (stored.Origin == EntryOrigin.Changed && book.Own.TryGetValue(name, out var own)) await SaveAsync(own, stored, EntryOrigin.Code, cancellationToken).ConfigureAwait(false);
        else await store.RemoveAsync(beat, name, cancellationToken).ConfigureAwait(false); // of another host's code: its beat puts it back
        wake();
        return true;
    }

    public async Task<TaskHandle> RunNowAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var entry = await FindAsync(name, cancellationToken).ConfigureAwait(false) is { } stored ? book.EntryOf(stored) : null;
        if (entry is null) throw new KeyNotFoundException($"There is no periodic task '{Printable.Limit(name)}' that could be sent from here.");
        return await client.EnqueueAsync(entry.Task.With(options => options.Headers[TaskHeaders.PeriodicTaskName] = entry.Name), cancellationToken).ConfigureAwait(false);
    }

    // As the store has it, or, before a beat has written it there, the code.
    private async Task<StoredEntry?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var schedule = await store.LoadAsync(beat, cancellationToken).ConfigureAwait(false);
        return schedule.Entries.FirstOrDefault(entry => entry.Name == name) ?? (book.Own.TryGetValue(name, out var own) ? book.Store(own, null, EntryOrigin.Code) : null);
    }

    private async Task SaveAsync(BeatEntry entry, StoredEntry? before, EntryOrigin origin, CancellationToken cancellationToken)
    {
        StoredEntry stored;
        try
        {
            stored = book.Store(entry, before, origin);
            EntryJson.Read(entry.Name, stored.Definition, entry);
        }
        catch (Exception error) when (error is FormatException or TaskQueueException)
        {
            throw new ArgumentException($"Periodic task '{Printable.Limit(entry.Name)}' cannot be kept: {(error as TaskQueueException)?.Reason ?? error.Message}", nameof(entry), error);
        }

        await store.SaveAsync(beat, [stored], cancellationToken).ConfigureAwait(false);
        wake();
    }

    private static void Check(BeatEntry entry, BeatEntry? before)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (EntryCheck.ProblemOf(entry) is { } problem) throw new ArgumentException($"Periodic task '{Printable.Limit(entry.Name)}' cannot be used: {problem}.", nameof(entry));
        if (before is not null && before.Name != entry.Name) throw new ArgumentException($"Periodic task '{Printable.Limit(before.Name)}' cannot get another name. Remove it and add the other.", nameof(entry));
        if (!ScheduleJson.IsKnown(entry.Schedule) && !ReferenceEquals(entry.Schedule, before?.Schedule))
            throw new ArgumentException($"Periodic task '{Printable.Limit(entry.Name)}' cannot be kept: its schedule is a {entry.Schedule.GetType().Name}, a class of your own. Use Crontab or Schedule, or add it by code.", nameof(entry));
    }

    private BeatEntryStatus StatusOf(StoredEntry stored, EntryProgress? progress)
    {
        var entry = book.EntryOf(stored);
        var (task, schedule, isPaused) = EntryJson.TimeOf(stored.Definition);
        DateTimeOffset? next = null;
        if (entry is not null)
        {
            var item = new AgendaItem(beat, entry, stored.Since, progress);
            item.Plan(time.GetUtcNow());
            next = item.Moment;
        }

        return new BeatEntryStatus
        {
            Name = stored.Name,
            TaskName = task,
            Schedule = entry is null ? schedule : ScheduleJson.TextOf(entry.Schedule),
            Entry = entry,
            IsFromCode = stored.Origin == EntryOrigin.Code,
            IsPaused = isPaused,
            LastRun = progress?.LastRun,
            NextRun = next,
            TotalRuns = progress?.TotalRuns ?? 0,
        };
    }
}
