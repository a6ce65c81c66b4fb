using CeleryNet.Brokers;
using CeleryNet.Diagnostics;

namespace CeleryNet.Scheduling;

/// <content>Sending what is due, and keeping that it was sent.</content>
internal sealed partial class Beat
{
    private const int MostAtOnce = 500; // on their way to the broker, one behind the other

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    // Sent, but the store could not be told so far. What is lost with the process is sent again under the same id.
    private readonly Dictionary<string, EntryProgress> _unsaved = [];

    private bool _isBrokerAway;

    private async Task SendDueAsync(Agenda agenda, LeaderTerm term)
    {
        // Not cancelled by a stop, which waits for it: broker and store have time limits of their own.
        // No state has to be kept before the send: moment and id follow from the state there is, so that whoever begins again from it sends the same task.
        while (_leadership.IsLeading(term) && !_stopping.IsCancellationRequested)
        {
            var now = _time.GetUtcNow();
            var due = agenda.TakeDue(now, MostAtOnce);
            if (due.Count == 0) return;
            var sending = due.ConvertAll(item => SendAsync(item, term, now));
            try
            {
                await Task.WhenAll(sending).ConfigureAwait(false);
            }
            finally
            {
                foreach (var item in due) agenda.Put(item);
                await KeepAsync(due).ConfigureAwait(false);
            }
        }
    }

    private async Task SendAsync(AgendaItem item, LeaderTerm term, DateTimeOffset now)
    {
        DateTimeOffset? postponed = null;
        foreach (var moment in item.Take(now, _options.LatestSend))
        {
            if (await SendAsync(item, moment, term).ConfigureAwait(false)) continue;
            postponed = _time.GetUtcNow() + RetryPause;
            break;
        }

        item.Plan(_time.GetUtcNow());
        if (postponed is { } until) item.Postpone(until);
    }

    // False: it is to be tried again.
    private async Task<bool> SendAsync(AgendaItem item, DateTimeOffset moment, LeaderTerm term)
    {
        var entry = item.Entry;
        try
        {
            var outcome = await _sender.SendAsync(term, entry, moment, CancellationToken.None).ConfigureAwait(false);
            if (outcome == BeatOutcome.NotLeading)
            {
                _leadership.Lost(term);
                return false;
            }

            var now = _time.GetUtcNow();
            if (outcome == BeatOutcome.Duplicate) item.LeftOut(moment, now);
            else item.Sent(moment, now);
            _isBrokerAway = false;
            Tell(entry, moment, outcome, now - item.WithJitter(moment));
            return true;
        }
        catch (Exception error) when (error is not TaskQueueException or MessageFormatException or TaskQueueConfigurationException or TaskQueueException { Code: ErrorCodes.FilterFault })
        {
            // However often it is tried, or because a filter will not have it: this moment is lost, and the next will be, until somebody corrects the entry or the filter.
            BeatTelemetry.Failed(entry.Task.Name, error);
            Log.BeatEntryRefused(_logger, Printable.Limit(entry.Name), moment, error);
            item.GiveUp(moment, _time.GetUtcNow());
            return true;
        }
        catch (TaskQueueException error)
        {
            BeatTelemetry.Failed(entry.Task.Name, error);
            if (!_isBrokerAway) Log.BeatSendFailed(_logger, Printable.Limit(entry.Name), moment, error);
            _isBrokerAway = true;
            return false;
        }
    }

    private void Tell(BeatEntry entry, DateTimeOffset moment, BeatOutcome outcome, TimeSpan lateness)
    {
        switch (outcome)
        {
            case BeatOutcome.Sent:
                BeatTelemetry.Sent(entry.Task.Name, "sent", lateness);
                Log.BeatSent(_logger, entry.Name, entry.Task.Name, moment);
                break;
            case BeatOutcome.SentBefore:
                BeatTelemetry.Sent(entry.Task.Name, "sent_before", null);
                Log.BeatSentBefore(_logger, entry.Name, entry.Task.Name, moment);
                break;
            default:
                BeatTelemetry.Sent(entry.Task.Name, "duplicate", null);
                Log.BeatLeftOut(_logger, entry.Name, entry.Task.Name, moment);
                break;
        }
    }

    private async Task KeepAsync(List<AgendaItem> items)
    {
        foreach (var item in items)
        {
            if (item.Progress is { } progress) _unsaved[progress.Name] = progress;
        }

        if (_unsaved.Count == 0) return;
        try
        {
            await SaveAsync(CancellationToken.None).ConfigureAwait(false);
            _isStoreAway = false;
        }
        catch (BrokerUnavailableException error)
        {
            if (!_isStoreAway) Log.BeatStoreUnreachable(_logger, _options.Name, _store.Location, error);
            _isStoreAway = true;
        }
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        await _store.SaveProgressAsync(_options.Name, [.. _unsaved.Values], cancellationToken).ConfigureAwait(false);
        _unsaved.Clear();
    }
}
