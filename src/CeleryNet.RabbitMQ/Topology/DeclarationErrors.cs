using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Connections;
using RabbitMQ.Client.Exceptions;

namespace CeleryNet.RabbitMQ.Topology;

/// <summary>Turns the server's refusal of a declaration into an error that says what to do.</summary>
internal static class DeclarationErrors
{
    /// <summary>The error; <c>null</c> when the declaration failed for a reason that may pass.</summary>
    internal static TaskQueueConfigurationException? Read(OperationInterruptedException error, QueueDefinition queue, RabbitMQEndpoint endpoint)
    {
        if (error.ShutdownReason is not { } reason) return null;
        var text = Printable.Limit(reason.ReplyText);
        return reason.ReplyCode switch
        {
            CloseReasons.PreconditionFailed => new TaskQueueConfigurationException(
                ErrorCodes.DeclarationMismatch,
                $"Queue '{Printable.Limit(queue.Name)}' cannot be declared on RabbitMQ at {endpoint}: it or its exchange '{Printable.Limit(queue.Exchange)}' exists with another {Property(text)} ({text}). "
                    + "Every peer must declare the same: give the QueueDefinition here the properties it has on the server, or delete the queue there and let it be declared anew.",
                error),
            CloseReasons.AccessRefused => new TaskQueueConfigurationException(
                ErrorCodes.InvalidConfiguration,
                $"Queue '{Printable.Limit(queue.Name)}' cannot be declared on RabbitMQ at {endpoint}: the user may not ({text}). Grant it the permission to configure this queue and exchange.",
                error),
            _ => null,
        };
    }

    // "PRECONDITION_FAILED - inequivalent arg 'x-max-priority' for queue 'q' in vhost '/': received none but current is the value '10'…"
    private static string Property(string text)
    {
        const string Marker = "inequivalent arg '";
        var start = text.IndexOf(Marker, StringComparison.Ordinal);
        if (start < 0) return "property";
        start += Marker.Length;
        var end = text.IndexOf('\'', start);
        return end < 0 ? "property" : $"'{text[start..end]}'";
    }
}
