using System.Text.Json;

namespace CeleryNet.Events;

/// <summary>
/// Something that a worker or client has told, C# or Python. Known types are the records that derive from this; any other is this record itself, with all it said in <see cref="Fields"/>.
/// What a sender leaves out, or writes in another form than Celery does, is <c>null</c>.
/// </summary>
public record ClusterEvent
{
    /// <summary>Type, such as <c>task-succeeded</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Node name of the sender, such as <c>celery@host</c>; empty when it says none.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>Process id of the sender.</summary>
    public long? ProcessId { get; init; }

    /// <summary>
    /// The sender's logical clock: of two events of which the sender of one knew the other, that one has the greater number. Clients' clocks tell nothing, so <c>task-sent</c> has the receiver's.
    /// </summary>
    public long Clock { get; init; }

    /// <summary>When it happened, by the sender's clock. The field <c>utcoffset</c> is not applied: the moment has no zone, although Python's receivers shift it by that.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>When it was received, by this host's clock.</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>All fields as they came: a JSON object.</summary>
    public JsonElement Fields { get; init; }
}
