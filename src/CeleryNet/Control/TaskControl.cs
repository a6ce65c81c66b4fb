using CeleryNet.Brokers;
using CeleryNet.Diagnostics;

namespace CeleryNet.Control;

/// <summary>Sends remote control requests. What has to be remembered is stored first, so that no worker can miss both.</summary>
internal sealed class TaskControl(IBroker broker, IRevocationStore? store) : ITaskControl
{
    private long _clock; // Celery's Lamport clock; a client's only has to move on

    public Task RevokeAsync(IReadOnlyCollection<string> taskIds, bool terminate, CancellationToken cancellationToken)
    {
        Check(taskIds, nameof(taskIds));
        return RevokeAsync([.. taskIds.Select(Revocation.OfTask)], ControlMessages.Revoke(taskIds, terminate, NextClock()), cancellationToken);
    }

    public Task RevokeByStampAsync(string stamp, IReadOnlyCollection<string> values, bool terminate, CancellationToken cancellationToken)
    {
        Check([stamp], nameof(stamp));
        Check(values, nameof(values));
        return RevokeAsync([.. values.Select(value => new Revocation(stamp, value))], ControlMessages.RevokeByStamp(stamp, values, terminate, NextClock()), cancellationToken);
    }

    private async Task RevokeAsync(List<Revocation> revocations, Broadcast request, CancellationToken cancellationToken)
    {
        var broadcaster = broker as IBroadcaster ?? throw new TaskQueueException(
            ErrorCodes.NoControl, $"The broker {broker.Address} carries no remote control, so no worker can be told to revoke tasks. Use RabbitMQ, Redis or the in-memory broker.");
        if (revocations.Count == 0) return;
        if (store is not null) await store.AddAsync(revocations, RevocationTable.Keep, cancellationToken).ConfigureAwait(false);
        await broadcaster.BroadcastAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private long NextClock() => Interlocked.Increment(ref _clock);

    private static void Check(IReadOnlyCollection<string> texts, string name)
    {
        ArgumentNullException.ThrowIfNull(texts, name);
        foreach (var text in texts)
        {
            ArgumentException.ThrowIfNullOrEmpty(text, name);
            if (text.Length > RevocationTable.LongestValue)
                throw new ArgumentException($"A value has {text.Length} characters, more than the {RevocationTable.LongestValue} that workers keep.", name);
        }
    }
}
