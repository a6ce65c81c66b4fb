using CeleryNet.Brokers;
using CeleryNet.Serialization;

namespace CeleryNet.Client;

/// <summary>
/// Messages that are published together. Their bodies lie one after the other in one buffer, which moves while it grows: so they are cut out when all are written.
/// </summary>
internal sealed class MessageBatch(WireBuffer buffer)
{
    private readonly List<OutgoingMessage> _messages = [];
    private readonly List<(int Start, int End)> _bodies = [];
    private int _end;

    internal WireBuffer Buffer => buffer;

    internal int Count => _messages.Count;

    internal int Bytes => buffer.Count;

    /// <summary>The keys of the unique tasks among them.</summary>
    internal List<UniqueReservation> Reservations { get; } = [];

    internal void Clear()
    {
        buffer.Clear();
        _messages.Clear();
        _bodies.Clear();
        Reservations.Clear();
        _end = 0;
    }

    internal void Add(OutgoingMessage message)
    {
        _messages.Add(message);
        _bodies.Add((_end, buffer.Count));
        _end = buffer.Count;
    }

    /// <summary>Leaves out the body that was written last: its message is not sent.</summary>
    internal void PassOver() => _end = buffer.Count;

    /// <summary>The messages with their bodies; nothing may be added any more.</summary>
    internal IReadOnlyList<OutgoingMessage> Seal()
    {
        for (var i = 0; i < _messages.Count; i++)
        {
            var message = _messages[i].Message;
            if (message.Compression is null) message.Body = buffer.Memory[_bodies[i].Start.._bodies[i].End]; // a compressed one has an array of its own
        }

        return _messages;
    }
}
