using CeleryNet.Brokers;

namespace CeleryNet.RabbitMQ.Consuming;

/// <summary>
/// Decides which settlements travel, and in which order. Everything finished from the oldest on without a gap is acknowledged by one frame; what finished behind a gap
/// gets one flush of grace, in which the gap may close, and is then acknowledged alone. Pure and not thread-safe.
/// </summary>
/// <remarks>
/// RabbitMQ closes the channel for a tag it does not hold, also for a multiple acknowledgement whose own tag is gone. So such a frame always names a tag that was not
/// settled yet, and never reaches over one that is still open; returns are written before it.
/// </remarks>
internal sealed class AckWindow
{
    private readonly List<AckEntry> _returned = [];
    private List<AckEntry> _fresh = [];
    private List<AckEntry> _waited = [];
    private AckEntry? _oldest;
    private AckEntry? _newest;

    /// <summary>Deliveries that have no settlement yet.</summary>
    internal int Open { get; private set; }

    /// <summary>Acknowledged ones that were not sent yet.</summary>
    internal int Finished { get; private set; }

    /// <summary>True when something waits to be returned, which is never delayed.</summary>
    internal bool HasReturned => _returned.Count > 0;

    /// <summary>Adds a delivery; tags rise.</summary>
    internal AckEntry Deliver(ulong tag)
    {
        var entry = new AckEntry(tag) { Previous = _newest };
        if (_newest is null) _oldest = entry;
        else _newest.Next = entry;
        _newest = entry;
        Open++;
        return entry;
    }

    /// <summary>Notes how a delivery ends; false when that was settled before.</summary>
    internal bool Settle(AckEntry entry, Settlement settlement)
    {
        if (entry.State != AckState.Open) return false;

        Open--;
        if (settlement == Settlement.Acknowledge)
        {
            entry.State = AckState.Finished;
            _fresh.Add(entry);
            Finished++;
        }
        else
        {
            entry.State = settlement == Settlement.Requeue ? AckState.Requeue : AckState.Reject;
            _returned.Add(entry);
        }

        return true;
    }

    /// <summary>Adds the frames to send now, in their order.</summary>
    /// <param name="frames">Where to.</param>
    /// <param name="isLast">True: nothing is kept back for a later flush.</param>
    internal void Collect(List<SettlementFrame> frames, bool isLast = false)
    {
        foreach (var entry in _returned)
        {
            frames.Add(new SettlementFrame(entry.Tag, false, entry.State == AckState.Requeue ? Settlement.Requeue : Settlement.Reject));
            Remove(entry);
        }

        _returned.Clear();
        CollectContiguous(frames);
        CollectAlone(_waited, frames);
        if (isLast) CollectAlone(_fresh, frames);
        _fresh.RemoveAll(static entry => entry.State == AckState.Sent);
        (_fresh, _waited) = (_waited, _fresh); // _waited is empty now
    }

    private void CollectContiguous(List<SettlementFrame> frames)
    {
        ulong last = 0;
        var count = 0;
        while (_oldest is { State: AckState.Finished } entry)
        {
            last = entry.Tag;
            count++;
            Send(entry);
        }

        if (count > 0) frames.Add(new SettlementFrame(last, count > 1, Settlement.Acknowledge));
    }

    private void CollectAlone(List<AckEntry> entries, List<SettlementFrame> frames)
    {
        foreach (var entry in entries)
        {
            if (entry.State == AckState.Sent) continue;
            frames.Add(new SettlementFrame(entry.Tag, false, Settlement.Acknowledge));
            Send(entry);
        }

        entries.Clear();
    }

    private void Send(AckEntry entry)
    {
        Finished--;
        Remove(entry);
    }

    private void Remove(AckEntry entry)
    {
        entry.State = AckState.Sent;
        if (entry.Previous is null) _oldest = entry.Next;
        else entry.Previous.Next = entry.Next;
        if (entry.Next is null) _newest = entry.Previous;
        else entry.Next.Previous = entry.Previous;
        (entry.Previous, entry.Next) = (null, null);
    }
}

/// <summary>How far the settlement of one delivery is.</summary>
internal enum AckState : byte
{
    Open,
    Finished,
    Requeue,
    Reject,
    Sent,
}

/// <summary>One delivery that the broker has not been told the end of; linked in the order of delivery.</summary>
internal sealed class AckEntry(ulong tag)
{
    internal ulong Tag { get; } = tag;

    internal AckState State { get; set; }

    internal AckEntry? Previous { get; set; }

    internal AckEntry? Next { get; set; }
}

/// <summary>One settlement as it travels.</summary>
/// <param name="Tag">Delivery tag.</param>
/// <param name="IsMultiple">True: all open tags up to it.</param>
/// <param name="Settlement">How they end.</param>
internal readonly record struct SettlementFrame(ulong Tag, bool IsMultiple, Settlement Settlement);
