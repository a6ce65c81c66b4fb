using System.Globalization;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Diagnostics;
using CeleryNet.Redis.Layout;
using StackExchange.Redis;

namespace CeleryNet.Redis.Consuming;

internal sealed partial class RedisConsumer
{
    private const int RefreshBatch = 500;
    private const int ExpiredBatch = 500;
    private const int ScanCount = 1000;
    private static readonly TimeSpan LongestRefresh = TimeSpan.FromMinutes(5);

    private long _sessionStart;

    // Makes the holder known to the server; a new holder where the old one lost its lease. Afterwards no message is unknown that an unanswered take may have taken.
    private async Task OpenAsync(RedisSession session, CancellationToken stopping)
    {
        var holder = _holder;
        if (!holder.IsCurrent) holder = Replace(holder);
        var isNew = !holder.IsOpen;
        if (!isNew && !holder.HasDoubts) return;

        if (!await _lease.OpenAsync(session, holder, isNew, stopping).ConfigureAwait(false))
        {
            holder = Replace(holder);
            await _lease.OpenAsync(session, holder, isNew: true, stopping).ConfigureAwait(false);
            isNew = true;
        }

        if (isNew)
        {
            var queues = string.Join(", ", _plan.Queues);
            Log.ConsumerOpened(_logger, holder.Id, queues, _options.LeaseDuration.TotalSeconds, holder.Generation);
        }

        await RecoverAsync(session, holder, stopping).ConfigureAwait(false);
    }

    private Holder Replace(Holder lost)
    {
        Log.LeaseLost(_logger, lost.Id, lost.Held().Count);
        return _holder = new Holder(lost.Generation + 1, _settings.HasPrefetchPerQueue, _time);
    }

    private void Lose(Holder holder)
    {
        holder.Lose();
        _slots.Set();
        _wake.Set();
    }

    // The new epoch is in force, so an unanswered take has either happened by now or never will: what is not there now was not taken.
    private async Task RecoverAsync(RedisSession session, Holder holder, CancellationToken stopping)
    {
        var numbers = holder.Doubts(out var reservations);
        if (numbers.Count == 0) return;
        var fields = numbers.ConvertAll(number => (RedisValue)holder.Tag(number)).ToArray();
        var values = await session.AwaitAsync(session.Database.HashGetAsync(_keys.Unacked, fields), stopping).ConfigureAwait(false);
        var found = 0;
        for (var i = 0; i < values.Length; i++)
        {
            byte[]? value = values[i];
            if (value is null || UnackedEntry.Read(value) is not { } entry) continue;
            NoteDelivery();
            Deliver(RedisDelivery.Taken(entry.Envelope.ToArray(), entry.RoutingKey, holder, numbers[i], _keys, _wire));
            found++;
        }

        holder.ClearDoubts(reservations);
        if (found > 0) Log.LostTakeFound(_logger, found);
    }

    // The loop that takes opens the holder anew, and then looks.
    private void Doubt(Holder holder, long first, int count)
    {
        holder.Doubt(first, count);
        _slots.Set();
        _wake.Set();
    }

    // What was taken while the consumer stopped must not wait for the end of the tasks that still run.
    private async Task RecoverAtEndAsync(CancellationToken cancellationToken)
    {
        if (_holder is not { HasDoubts: true, IsOpen: true, IsCurrent: true }) return;
        try
        {
            var session = await _link.GetAsync(_options.CommandTimeout, cancellationToken).ConfigureAwait(false);
            await OpenAsync(session, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.RoundFailed(_logger, "Recover", RedisFailure.Describe(error)); // it goes back when the consumer is disposed, or with its lease
        }
    }

    private async Task RenewAsync(CancellationToken stopping)
    {
        var holder = _holder;
        if (!holder.IsOpen) return; // the fetch loop is about to open it
        var session = await _link.GetAsync(_options.LeaseDuration, stopping).ConfigureAwait(false);
        if (holder.IsCurrent && await _lease.RenewAsync(session, holder, stopping).ConfigureAwait(false)) return;
        Lose(holder);
    }

    private TimeSpan RefreshInterval() => Min(_options.VisibilityTimeout / 4, LongestRefresh);

    private async Task RefreshAsync(CancellationToken stopping)
    {
        var held = _holder.Held();
        if (held.Count == 0) return;
        var session = await _link.GetAsync(_options.LeaseDuration, stopping).ConfigureAwait(false);
        foreach (var batch in held.Chunk(RefreshBatch)) await _store.RefreshAsync(session, batch.Select(static delivery => delivery.Tag), stopping).ConfigureAwait(false);
    }

    // Jittered by a quarter, so that the workers of a fleet do not all look at the same moment.
    private TimeSpan SweepInterval() => _options.LeaseDuration / 4 * (0.75 + (_random.NextDouble() / 2));

    private async Task SweepAsync(CancellationToken stopping)
    {
        var session = await _link.GetAsync(_options.LeaseDuration, stopping).ConfigureAwait(false);

        // After an outage of the server all leases have ended, also those of the living, who are just coming back: nobody is declared dead until they have had the time.
        var canDeclare = _time.GetElapsedTime(Volatile.Read(ref _sessionStart)) >= _options.LeaseDuration / 2;
        var dead = await session.EvaluateAsync(RedisScript.Claim, [_keys.Leases, _keys.Holders, _keys.Dead], [canDeclare ? "1" : "0"], stopping).ConfigureAwait(false);
        foreach (var holder in Texts(dead)) await ReturnHeldByAsync(session, holder, stopping).ConfigureAwait(false);
        await ReturnExpiredAsync(session, stopping).ConfigureAwait(false);
    }

    private async Task ReturnHeldByAsync(RedisSession session, string holder, CancellationToken stopping)
    {
        var start = $"{RedisKeys.TagPrefix}{holder}:";
        var tags = new List<(long Number, string Tag)>();
        var cursor = "0";
        do
        {
            var page = (RedisResult[]?)await session.ExecuteAsync("ZSCAN", [_keys.UnackedIndex, cursor, "MATCH", $"{start}*", "COUNT", ScanCount], stopping).ConfigureAwait(false) ?? [];
            cursor = (string?)page[0] ?? "0";
            var members = Texts(page[1]); // tag, score, tag, score …
            for (var i = 0; i < members.Length; i += 2)
            {
                if (long.TryParse(members[i].AsSpan(start.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) tags.Add((number, members[i]));
            }
        }
        while (cursor != "0");

        var ordered = tags.Distinct().OrderBy(static tag => tag.Number).Select(static tag => tag.Tag).ToList();
        var returned = await _store.ReturnAsync(session, ordered, toHead: true, null, stopping).ConfigureAwait(false);
        if (returned > 0) Log.DeadHolderReturned(_logger, holder, returned);

        // It can take nothing any more, and a scan sees whatever is there all the time: now nothing of it is left.
        await session.AwaitAsync(session.Database.SetRemoveAsync(_keys.Dead, holder), stopping).ConfigureAwait(false);
    }

    private static string[] Texts(RedisResult result) => Array.ConvertAll((RedisValue[]?)result ?? [], static value => value.ToString());

    private async Task ReturnExpiredAsync(RedisSession session, CancellationToken stopping)
    {
        RedisValue[] arguments = [_options.VisibilityTimeout.TotalSeconds, ExpiredBatch, RedisKeys.TagPrefix];
        while (true)
        {
            var expired = Texts(await session.EvaluateAsync(RedisScript.Expired, [_keys.UnackedIndex, _keys.Holders], arguments, stopping).ConfigureAwait(false));
            if (expired.Length == 0) return;
            var returned = await _store.ReturnAsync(session, expired, toHead: true, _options.VisibilityTimeout, stopping).ConfigureAwait(false);
            if (returned == 0) return;
            Log.ExpiredReturned(_logger, returned, _options.VisibilityTimeout.TotalSeconds);
        }
    }
}
