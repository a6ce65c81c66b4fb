using CeleryNet.Brokers;

namespace CeleryNet.RabbitMQ.Connections;

/// <summary>The options of one broker, validated and copied, so that nobody changes them later.</summary>
internal sealed record RabbitMQSettings
{
    internal required IReadOnlyList<RabbitMQEndpoint> Endpoints { get; init; }

    internal required string ClientName { get; init; }

    internal required int ConfirmWindow { get; init; }

    internal required TimeSpan PublishTimeout { get; init; }

    internal required TimeSpan LivenessInterval { get; init; }

    /// <summary>From which delay on a task waits in the broker; <c>null</c> when none does.</summary>
    internal required TimeSpan? DelayThreshold { get; init; }

    /// <summary>Type of the queues in which delayed tasks wait.</summary>
    internal required string DelayQueueType { get; init; }

    internal required TimeSpan? ConsumerTimeout { get; init; }

    /// <summary>How long the broker may take to answer a declaration, a prefetch change and the like.</summary>
    internal TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Where the broker is, passwords masked.</summary>
    internal string Address => string.Join(";", Endpoints);

    internal static RabbitMQSettings From(IReadOnlyList<ConnectionString> urls, RabbitMQOptions options, BrokerSettings settings)
    {
        options.Validate();
        var all = urls.Concat(options.FurtherUrls.SelectMany(ConnectionString.ParseAll));
        return new RabbitMQSettings
        {
            Endpoints = [.. all.Select(url => RabbitMQEndpoint.From(url, options, settings))],
            ClientName = options.ClientName ?? $"celerynet-{Environment.ProcessId}",
            ConfirmWindow = options.ConfirmWindow,
            PublishTimeout = settings.PublishTimeout,
            LivenessInterval = options.LivenessInterval,
            DelayThreshold = options.DelayedDelivery ? options.DelayedDeliveryThreshold : null,
            DelayQueueType = options.DelayedDeliveryQueueType,
            ConsumerTimeout = options.ConsumerTimeout,
        };
    }
}
