using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Results;

namespace CeleryNet.Worker;

/// <summary>Makes the message that keeps a given up task in the queue of dead letters, <c>&lt;queue&gt;.dead</c>.</summary>
internal sealed class DeadLetters(int limit, TimeProvider time)
{
    /// <summary>The dead letter of a delivery; <c>null</c> when its queue has a dead-letter exchange of its own, to which the broker takes what is rejected.</summary>
    internal Republish? Of(TaskRequest request, string reason, RemoteError? error, int starts = 0)
    {
        if (request.Queue.Arguments.ContainsKey(QueueDefinition.DeadLetterExchange)) return null;
        var delivery = request.Delivery;
        var copy = delivery.Message.CopyWithSameBody();
        copy.Expiration = null; // it is kept until somebody looks
        copy.SetHeader(TaskHeaders.DeadLetter, DeadLetterInfo.Write(new DeadLetterInfo
        {
            Reason = reason,
            Error = error is null ? null : $"{error.Type}: {error.Message}",
            Starts = starts,
            Queue = delivery.Queue,
            Exchange = delivery.Exchange,
            RoutingKey = delivery.RoutingKey,
            DiedAt = time.GetUtcNow(),
        }));
        return new Republish(copy, request.Queue.DeadLetters(limit));
    }

    /// <summary>A verdict that ends the task as <paramref name="verdict"/> says and keeps it with the dead letters.</summary>
    internal Verdict Keep(TaskRequest request, Verdict verdict, string reason, int starts = 0) =>
        Of(request, reason, verdict.Error, starts) is { } letter ? verdict with { Republish = letter } : verdict with { Settlement = Settlement.Reject };
}
