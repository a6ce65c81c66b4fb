using CeleryNet.Serialization;

namespace CeleryNet.Tasks;

/// <summary>What a running task has sent, for its result document: Celery's <c>children</c>, a list of result tuples. Thread-safe.</summary>
internal sealed class TaskChildren
{
    private readonly Lock _lock = new();
    private readonly List<(string? Id, ReadOnlyMemory<byte> Tuple)> _children = [];

    internal void Add(string taskId)
    {
        lock (_lock) _children.Add((taskId, default));
    }

    internal void Add(ReadOnlyMemory<byte> tuple)
    {
        lock (_lock) _children.Add((null, tuple));
    }

    /// <summary>The list. Celery protocol, result tuples.</summary>
    internal ReadOnlyMemory<byte> ToJson()
    {
        using var buffer = WireBuffer.Rent();
        var json = buffer.Json;
        json.WriteStartArray();
        lock (_lock)
        {
            foreach (var (id, tuple) in _children)
            {
                if (id is null)
                {
                    json.WriteRawValue(tuple.Span, skipInputValidation: true);
                    continue;
                }

                json.WriteStartArray();
                json.WriteStartArray();
                json.WriteStringValue(id);
                json.WriteNullValue();
                json.WriteEndArray();
                json.WriteNullValue();
                json.WriteEndArray();
            }
        }

        json.WriteEndArray();
        buffer.Flush();
        return buffer.Span.ToArray();
    }
}
