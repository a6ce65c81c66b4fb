using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Events;

/// <summary>
/// Hands messages with events to the broker, all of a round at once, in their order over one connection. While the broker says that nobody hears the lists, one list of a round asks whether that
/// is still so, and the others stay: what they tell happened before, and whoever listens later could not have heard it. For one loop.
/// </summary>
internal sealed class EventSender(IBroadcaster broadcaster, string nodeName, ILogger logger)
{
    private readonly Dictionary<string, object?> _headers = new() { [EventFields.NodeName] = nodeName };
    private bool _isUnheard; // false where the broker does not know who listens
    private bool _wasRefused;

    /// <summary>Sends a round; what was sent, or needs not be sent, is disposed.</summary>
    /// <param name="round">The messages.</param>
    /// <param name="left">Gets those that the broker could not be told.</param>
    /// <param name="cancellationToken">Leaves the others to <paramref name="left"/>.</param>
    /// <returns>Why some are left; <c>null</c> when none is.</returns>
    internal async Task<Exception?> SendAsync(List<EventMessage> round, List<EventMessage> left, CancellationToken cancellationToken)
    {
        var asking = _isUnheard ? round.FindIndex(static message => message.IsList) + 1 : 0;
        if (asking == 0 || asking == round.Count) return await SendTogetherAsync(round, left, cancellationToken).ConfigureAwait(false);
        var failure = await SendTogetherAsync(round.GetRange(0, asking), left, cancellationToken).ConfigureAwait(false);
        round.RemoveRange(0, asking);
        if (failure is not null)
        {
            left.AddRange(round);
            return failure;
        }

        if (_isUnheard) LeaveOutLists(round);
        return await SendTogetherAsync(round, left, cancellationToken).ConfigureAwait(false);
    }

    private static void LeaveOutLists(List<EventMessage> round)
    {
        foreach (var message in round)
        {
            if (message.IsList) message.Dispose();
        }

        round.RemoveAll(static message => message.IsList);
    }

    private async Task<Exception?> SendTogetherAsync(List<EventMessage> round, List<EventMessage> left, CancellationToken cancellationToken)
    {
        var sending = new Task<Answer>[round.Count];
        for (var i = 0; i < sending.Length; i++) sending[i] = TrySendAsync(round[i], cancellationToken);
        Exception? failure = null;
        for (var i = 0; i < sending.Length; i++)
        {
            var (heard, error) = await sending[i].ConfigureAwait(false);
            if (error is BrokerUnavailableException or OperationCanceledException)
            {
                left.Add(round[i]);
                failure = error;
                continue;
            }

            if (error is not null) Refused(error);
            else _wasRefused = false;
            if (error is null && round[i].IsList) _isUnheard = heard == 0;
            round[i].Dispose();
        }

        return failure;
    }

    private async Task<Answer> TrySendAsync(EventMessage message, CancellationToken cancellationToken)
    {
        var broadcast = new Broadcast { Exchange = EventExchange.Exchange, RoutingKey = message.RoutingKey, Headers = _headers, IsPersistent = false, Body = message.Body };
        try
        {
            return new Answer(await broadcaster.BroadcastAsync(broadcast, cancellationToken).ConfigureAwait(false), null);
        }
        catch (Exception error)
        {
            return new Answer(null, error); // told by the loop, which knows whether it is news
        }
    }

    private void Refused(Exception error)
    {
        if (!_wasRefused && error is not ObjectDisposedException) Log.EventsRefused(logger, nodeName, error);
        _wasRefused = true;
    }

    private readonly record struct Answer(int? Heard, Exception? Error);
}
