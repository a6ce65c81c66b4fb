using CeleryNet.Brokers;
using CeleryNet.Client;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;

namespace CeleryNet.Worker;

/// <summary>Makes the message that keeps a given up task in the queue of dead letters, <c>&lt;queue&gt;.dead</c>.</summary>
internal sealed class DeadLetterMaker(int limit, WireOptions wire, TimeProvider time)
{
    // What no broker could carry in a header; the whole is still in the body where it came from there.
    private const int LongestName = 255;

    /// <summary>The dead letter of a delivery; <c>null</c> when its queue has a dead-letter exchange of its own, to which the broker takes what is rejected.</summary>
    internal Republish? Of(TaskRequest request, string reason, RemoteError? error, int starts = 0)
    {
        if (request.Queue.Arguments.ContainsKey(QueueDefinition.DeadLetterExchange)) return null;
        var delivery = request.Delivery;
        var copy = delivery.Message.CopyWithSameBody();
        copy.Expiration = null; // it is kept until somebody looks
        copy.TaskName = Cut(copy.TaskName);
        copy.Id = Cut(copy.Id);
        copy.CorrelationId = Cut(copy.CorrelationId);
        var info = DeadLetterInfo.Write(new DeadLetterInfo
        {
            Reason = reason,
            Error = error is null ? null : $"{error.Type}: {error.Message}",
            Starts = starts,
            Queue = delivery.Queue,
            Exchange = delivery.Exchange,
            RoutingKey = delivery.RoutingKey,
            DiedAt = time.GetUtcNow(),
        });
        copy.SetHeader(TaskHeaders.Death, info);
        if (!CanTravel(copy)) copy = Core(copy, info);
        return new Republish(copy, request.Queue.DeadLetters(limit));
    }

    /// <summary>A verdict that ends the task as <paramref name="verdict"/> says and keeps it with the dead letters.</summary>
    internal Verdict Keep(TaskRequest request, Verdict verdict, string reason, int starts = 0) =>
        Of(request, reason, verdict.Error, starts) is { } letter ? verdict with { Republish = letter } : verdict with { Settlement = Settlement.Reject };

    private bool CanTravel(TaskMessage message)
    {
        try
        {
            HeaderSize.Check(message, wire);
            return true;
        }
        catch (MessageFormatException)
        {
            return false;
        }
    }

    // Headers that are themselves the trouble are left out.
    private static TaskMessage Core(TaskMessage message, object info)
    {
        var core = new TaskMessage
        {
            TaskName = message.TaskName,
            Id = message.Id,
            CorrelationId = message.CorrelationId,
            Compression = message.Compression,
            ContentType = message.ContentType,
            ContentEncoding = message.ContentEncoding,
            Body = message.Body,
        };
        core.SetHeader(TaskHeaders.Death, info);
        return core;
    }

    private static string? Cut(string? name) => name is { Length: > LongestName } ? name[..(char.IsHighSurrogate(name[LongestName - 1]) ? LongestName - 1 : LongestName)] : name;
}
