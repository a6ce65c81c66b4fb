using CeleryNet.Diagnostics;

namespace CeleryNet.Scheduling;

/// <content>The agenda follows the store.</content>
internal sealed partial class Beat
{
    private readonly Dictionary<string, StoredEntry> _known = [];
    private long _version;
    private long _lastLook;
    private bool _isStoreAway;

    // Reads all, after whoever has led before.
    private async Task<Agenda> BeginAsync(CancellationToken stopping)
    {
        _isChanged = false;
        var schedule = await _book.LeadAsync(stopping).ConfigureAwait(false);
        _known.Clear();
        var agenda = new Agenda();
        Take(agenda, schedule);
        Log.BeatBegins(_logger, _options.Name, agenda.Count, _store.Location);
        return agenda;
    }

    private async Task LookForChangesAsync(Agenda agenda, CancellationToken stopping)
    {
        if (!_isChanged && _time.GetElapsedTime(_lastLook) < _options.ChangeInterval) return;
        try
        {
            _lastLook = _time.GetTimestamp();
            var isChanged = _isChanged;
            _isChanged = false;
            if (isChanged || await _store.GetVersionAsync(_options.Name, stopping).ConfigureAwait(false) != _version)
                Take(agenda, await _book.LeadAsync(stopping).ConfigureAwait(false)); // also after the store has lost everything
            if (_unsaved.Count > 0) await SaveAsync(stopping).ConfigureAwait(false);
            _isStoreAway = false;
        }
        catch (BrokerUnavailableException error)
        {
            // What is on the agenda goes on; the store is asked again in a second.
            if (!_isStoreAway) Log.BeatStoreUnreachable(_logger, _options.Name, _store.Location, error);
            _isStoreAway = true;
        }
    }

    private void Take(Agenda agenda, StoredSchedule schedule)
    {
        var now = _time.GetUtcNow();
        var progress = schedule.Progress.ToDictionary(each => each.Name);
        foreach (var stored in schedule.Entries)
        {
            if (_known.GetValueOrDefault(stored.Name) == stored) continue;
            _known[stored.Name] = stored;
            agenda.Remove(stored.Name);
            if (_book.EntryOf(stored) is not { } entry) continue;
            agenda.Set(new AgendaItem(_options.Name, entry, stored.Since, _unsaved.GetValueOrDefault(stored.Name) ?? progress.GetValueOrDefault(stored.Name)), now);
        }

        foreach (var gone in _known.Keys.Except(schedule.Entries.Select(entry => entry.Name)).ToList())
        {
            _known.Remove(gone);
            _unsaved.Remove(gone);
            agenda.Remove(gone);
        }

        _version = schedule.Version;
    }
}
