using System.Buffers;
using CeleryNet.Serialization;

namespace CeleryNet.Events;

/// <summary>One message on its way out: one event, or a list that is still growing. Not thread-safe; its bytes are pooled, so dispose it once, when it is sent.</summary>
internal sealed class EventMessage : IDisposable
{
    private readonly WireBuffer _buffer = WireBuffer.Rent();

    private EventMessage(string routingKey, bool isList) => (RoutingKey, IsList) = (routingKey, isList);

    internal string RoutingKey { get; }

    /// <summary>True for a list of events of a worker about tasks.</summary>
    internal bool IsList { get; }

    /// <summary>How many events it holds.</summary>
    internal int Count { get; private set; }

    internal ReadOnlyMemory<byte> Body => _buffer.Memory;

    /// <summary>A message of one event.</summary>
    internal static EventMessage Of(string routingKey, ReadOnlySpan<byte> json)
    {
        var message = new EventMessage(routingKey, isList: false) { Count = 1 };
        message._buffer.Write(json);
        return message;
    }

    /// <summary>An empty list of events of a worker about tasks.</summary>
    internal static EventMessage OfTasks() => new(EventTypes.TaskMultiKey, isList: true);

    /// <summary>Adds one event to the list, which the caller writes into the buffer.</summary>
    internal WireBuffer Next()
    {
        _buffer.Write(Count++ == 0 ? "["u8 : ","u8);
        return _buffer;
    }

    /// <summary>Ends the list.</summary>
    internal void Seal() => _buffer.Write("]"u8);

    public void Dispose() => _buffer.Dispose();
}
