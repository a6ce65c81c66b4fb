using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Testing;

/// <summary>A task that was sent, as its message tells: what a worker, also a Python one, would receive.</summary>
public sealed class SentTask
{
    private readonly TaskMessage _message;
    private readonly WireOptions _wire;

    internal SentTask(TaskMessage message, Route route, CallOptions options, DateTimeOffset sentAt, WireOptions wire)
    {
        (_message, _wire, Options, SentAt) = (message, wire, options, sentAt);
        (Queue, Exchange, RoutingKey) = (route.Queue?.Name ?? route.RoutingKey, route.Exchange, route.RoutingKey);
        var body = TaskBody.Read(message, wire);
        Args = Read(body.Arguments, WireConverters.IReadOnlyList(WireConverters.JsonElement)) ?? [];
        Kwargs = Read(body.KeywordArguments, WireConverters.IReadOnlyDictionary(WireConverters.JsonElement)) ?? new Dictionary<string, JsonElement>();
    }

    /// <summary>Wire name of the task.</summary>
    public string Name => _message.TaskName ?? "";

    /// <summary>Id of the task.</summary>
    public string TaskId => _message.Id ?? "";

    /// <summary>Id of the task that sent it; <c>null</c> when the test did.</summary>
    public string? ParentId => _message.ParentId;

    /// <summary>Queue it was sent to; the routing key where an exchange was named.</summary>
    public string Queue { get; }

    /// <summary>Exchange it was published to; empty for the default one.</summary>
    public string Exchange { get; }

    /// <summary>Routing key it was published with.</summary>
    public string RoutingKey { get; }

    /// <summary>When it was sent, by the virtual clock.</summary>
    public DateTimeOffset SentAt { get; }

    /// <summary>The moment before which it does not run; <c>null</c> when it is due at once.</summary>
    public DateTimeOffset? Eta => _message.Eta;

    /// <summary>How long after it was sent it is due; zero when it is due at once.</summary>
    public TimeSpan Delay => _message.Eta is { } eta && eta > SentAt ? eta - SentAt : TimeSpan.Zero;

    /// <summary>The moment after which it is discarded.</summary>
    public DateTimeOffset? Expires => _message.Expires;

    /// <summary>Priority it was sent with.</summary>
    public int Priority => _message.Priority;

    /// <summary>Headers beyond Celery's own.</summary>
    public IReadOnlyDictionary<string, object?> Headers => _message.CustomHeaders ?? new Dictionary<string, object?>();

    /// <summary>Options of the call, after the client's filters; what is unset came from configuration, routes or attribute.</summary>
    public CallOptions Options { get; }

    /// <summary>Positional arguments as they travel.</summary>
    public IReadOnlyList<JsonElement> Args { get; }

    /// <summary>Keyword arguments as they travel.</summary>
    public IReadOnlyDictionary<string, JsonElement> Kwargs { get; }

    /// <summary>Reads a positional argument: <c>sent.Arg&lt;int&gt;(0)</c>.</summary>
    /// <typeparam name="T">A type CeleryNet knows, or one with JSON metadata (<c>UseJsonContext</c>).</typeparam>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer arguments.</exception>
    /// <exception cref="MessageFormatException">The argument does not fit the type, or the type is neither known nor has metadata.</exception>
    public T Arg<T>(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Args.Count);
        return Read<T>(Args[index]);
    }

    /// <summary>Reads a keyword argument.</summary>
    /// <inheritdoc cref="Arg{T}(int)"/>
    /// <exception cref="KeyNotFoundException">There is no such argument.</exception>
    public T Arg<T>(string name) => Read<T>(Kwargs[name]);

    /// <summary>Name and arguments as Python shows them, and the id.</summary>
    public override string ToString()
    {
        var args = _message.ArgsRepr is { Length: > 2 } list ? list[1..^1].TrimEnd(',') : "";
        return $"{Name}({args}) {TaskId}";
    }

    private T Read<T>(JsonElement value)
    {
        using var buffer = WireBuffer.Rent();
        value.WriteTo(buffer.Json);
        buffer.Flush();
        return Read(buffer.Memory, TypeConverters.For<T>(_wire));
    }

    private T Read<T>(ReadOnlyMemory<byte> json, WireConverter<T> converter) => WireValue.Read(json, converter, _wire);
}
