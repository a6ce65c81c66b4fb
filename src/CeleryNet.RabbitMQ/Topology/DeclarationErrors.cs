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

    /// <inheritdoc cref="Read(OperationInterruptedException, QueueDefinition, RabbitMQEndpoint)"/>
    internal static TaskQueueConfigurationException? Read(OperationInterruptedException error, BroadcastExchange exchange, RabbitMQEndpoint endpoint)
    {
        if (error.ShutdownReason is not { } reason) return null;
        var text = Printable.Limit(reason.ReplyText);
        return reason.ReplyCode switch
        {
            CloseReasons.PreconditionFailed => new TaskQueueConfigurationException(
                ErrorCodes.DeclarationMismatch,
                $"Exchange '{Printable.Limit(exchange.Name)}' cannot be declared on RabbitMQ at {endpoint}: it exists with another {Property(text)} ({text}). "
                    + "Every peer must declare the same: correct it where it was made, or delete the exchange there and let it be declared anew.",
                error),
            CloseReasons.AccessRefused => new TaskQueueConfigurationException(
                ErrorCodes.InvalidConfiguration,
                $"Exchange '{Printable.Limit(exchange.Name)}' cannot be declared on RabbitMQ at {endpoint}: the user may not ({text}). Grant it the permission to configure this exchange.",
                error),
            _ => null,
        };
    }

    /// <summary>The error for the layout of delayed delivery; <c>null</c> when it failed for a reason that may pass.</summary>
    internal static TaskQueueConfigurationException? ReadDelayed(OperationInterruptedException error, string queueType, RabbitMQEndpoint endpoint)
    {
        if (error.ShutdownReason is not { } reason) return null;
        var text = Printable.Limit(reason.ReplyText);
        return reason.ReplyCode switch
        {
            CloseReasons.PreconditionFailed or CloseReasons.NotImplemented => new TaskQueueConfigurationException(
                ErrorCodes.DeclarationMismatch,
                $"Delayed delivery cannot be set up on RabbitMQ at {endpoint} with queues of type '{queueType}': {text}. "
                    + "Every peer must declare it alike: set RabbitMQ.DelayedDeliveryQueueType to what the server has, or set RabbitMQ.DelayedDelivery to false so that workers hold such tasks, "
                    + "or delete the queues and exchanges celery_delayed_* once they are empty.",
                error),
            CloseReasons.AccessRefused => new TaskQueueConfigurationException(
                ErrorCodes.InvalidConfiguration,
                $"Delayed delivery cannot be set up on RabbitMQ at {endpoint}: the user may not ({text}). Grant it the permissions for celery_delayed_*, or set RabbitMQ.DelayedDelivery to false.",
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
