using CeleryNet.RabbitMQ.Delaying;

namespace CeleryNet.RabbitMQ.Publishing;

/// <content>Messages whose delayed delivery is being set up; the others go on meanwhile.</content>
internal sealed partial class PublishQueue
{
    // 28 new quorum queues take 0.4 s on one node and seconds in a cluster. That happens once in the life of a broker, so those who wait for it may wait longer than for a publish.
    private static readonly TimeSpan SetupTime = TimeSpan.FromSeconds(25);

    private readonly List<PendingPublish> _postponed = [];
    private bool _isPreparing;

    /// <summary>Puts a message aside until its delayed delivery is set up.</summary>
    /// <returns>True when nobody does that now: the caller must, until <see cref="NextPostponed"/> says that nothing is left.</returns>
    internal bool Postpone(PendingPublish publish)
    {
        lock (_gate)
        {
            _postponed.Add(publish);
            if (_isPreparing) return false;
            return _isPreparing = true;
        }
    }

    /// <summary>What to set up next; <c>null</c> when nothing is left, which ends the preparing.</summary>
    internal DelayedDestination? NextPostponed()
    {
        lock (_gate)
        {
            _postponed.RemoveAll(static publish => publish.IsDone);
            if (_postponed.Count > 0) return _postponed[0].Delay!.Destination; // only delayed ones are postponed
            _isPreparing = false;
            return null;
        }
    }

    /// <summary>Their delayed delivery is set up: they are written next, and have at least until <paramref name="deadline"/>.</summary>
    internal void ReleasePostponed(DelayedDestination destination, long deadline)
    {
        lock (_gate)
        {
            foreach (var publish in TakePostponed(destination))
            {
                publish.Deadline = Math.Max(publish.Deadline, deadline);
                _again.Enqueue(publish);
            }
        }
    }

    /// <summary>Takes those whose delayed delivery cannot be set up.</summary>
    internal List<PendingPublish> RemovePostponed(DelayedDestination destination)
    {
        lock (_gate) return TakePostponed(destination);
    }

    /// <summary>The connection is gone, and the preparing with it: the next begins anew.</summary>
    internal void ReturnPostponed()
    {
        lock (_gate)
        {
            foreach (var publish in _postponed) _again.Enqueue(publish);
            _postponed.Clear();
            _isPreparing = false;
        }
    }

    private List<PendingPublish> TakePostponed(DelayedDestination destination)
    {
        var taken = _postponed.FindAll(publish => publish.Delay!.Destination.Equals(destination));
        _postponed.RemoveAll(publish => publish.Delay!.Destination.Equals(destination));
        return taken;
    }

    private void TakeExpiredPostponed(long now, List<PendingPublish> expired)
    {
        if (_postponed.Count == 0) return;
        var limit = now - (long)(SetupTime.TotalSeconds * time.TimestampFrequency);
        expired.AddRange(_postponed.Where(publish => publish.Deadline <= limit));
        _postponed.RemoveAll(publish => publish.Deadline <= limit);
    }
}
