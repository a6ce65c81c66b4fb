using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using CeleryNet.Diagnostics;

namespace CeleryNet.RabbitMQ;

/// <summary>How CeleryNet uses RabbitMQ. The prefetch belongs to the worker, the timeouts of publishing to the task queue.</summary>
public sealed class RabbitMQOptions
{
    /// <summary>How often both sides show that they live when nothing else is sent. A URL's <c>heartbeat</c> (seconds) goes first.</summary>
    /// <value>Default 10 seconds. Zero turns it off; at most 10 minutes.</value>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one attempt to connect may take, name look-up and log-in included. A URL's <c>connect_timeout</c> (seconds) goes first.</summary>
    /// <value>Default: what the task queue says, which is 4 seconds.</value>
    public TimeSpan? ConnectTimeout { get; set; }

    /// <summary>How many messages may be on their way without the broker's confirmation; further ones wait.</summary>
    /// <value>Default 1 000, where the rate no longer grows. From 1 to 65 535.</value>
    public int ConfirmWindow { get; set; } = 1000;

    /// <summary>How often a consumer asks whether the broker still knows it. Wrong twice in a row, it connects anew.</summary>
    /// <value>Default 15 seconds. At least 1 second.</value>
    public TimeSpan LivenessInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// True: a task that is due later waits in the broker, in the layout of Celery 5.5's native delayed delivery, and comes to its queue when its time has come. False: it goes to its queue at
    /// once, and a worker holds it.
    /// </summary>
    /// <remarks>
    /// Whoever needs the layout first declares it: 28 queues and exchanges <c>celery_delayed_0</c> to <c>celery_delayed_27</c> and the exchange <c>celery_delayed_delivery</c>. Behind that, each queue is
    /// bound by itself to <c>celerynet_delayed_delivery</c>, so that queues of direct exchanges are served too; what is due when its queue no longer exists comes to the queue
    /// <c>celerynet_delayed_undeliverable</c>, which keeps the newest 10 000. Only a task sent to a known queue waits there: with an exchange and routing key of the caller's own nobody can say which
    /// queue to bind, so it goes to its queues at once, as does one whose queue is named with the wildcards <c>*</c> or <c>#</c> or with more than 183 bytes.
    /// </remarks>
    /// <value>Default true.</value>
    public bool DelayedDelivery { get; set; } = true;

    /// <summary>Type of the 28 queues in which delayed tasks wait: <c>quorum</c> or <c>classic</c>. Every peer must agree, as with Celery's <c>broker_native_delayed_delivery_queue_type</c>.</summary>
    /// <value>Default <c>quorum</c>, as Celery's.</value>
    public string DelayedDeliveryQueueType { get; set; } = "quorum";

    /// <summary>A task that is due sooner than this goes to its queue at once, and the worker that takes it holds it.</summary>
    /// <value>Default 30 seconds, as the worker's <c>HoldWindow</c>. From 1 second to 1 day.</value>
    public TimeSpan DelayedDeliveryThreshold { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// What the server's <c>consumer_timeout</c> is set to: it closes the channel of a consumer that leaves a delivery unsettled for longer, and delivers everything it held again. This does not
    /// change the server; it lets a worker warn at its start about tasks that may run longer.
    /// </summary>
    /// <value>Default 30 minutes, the server's default. <c>null</c> when the server has none (<c>undefined</c>). At least 1 second.</value>
    public TimeSpan? ConsumerTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Name of the connections in the broker's management pages; <c>null</c> for <c>celerynet</c> and the process id.</summary>
    public string? ClientName { get; set; }

    /// <summary>Further URLs, tried in turn after the first when a broker cannot be reached.</summary>
    public IList<string> FurtherUrls { get; } = [];

    /// <summary>True: TLS also for <c>amqp://</c>. <c>amqps://</c> has it always.</summary>
    public bool UseTls { get; set; }

    /// <summary>Name the server's certificate must have; <c>null</c> for the host of the URL.</summary>
    public string? TlsServerName { get; set; }

    /// <summary>Certificates that this process shows to the server; empty for none.</summary>
    public X509CertificateCollection ClientCertificates { get; } = [];

    /// <summary>Judges the server's certificate; <c>null</c> for the system's rules.</summary>
    public RemoteCertificateValidationCallback? ServerCertificateValidation { get; set; }

    internal void Validate()
    {
        var failures = new List<string>();
        if (HeartbeatInterval < TimeSpan.Zero || HeartbeatInterval > TimeSpan.FromMinutes(10))
            failures.Add($"RabbitMQ.HeartbeatInterval is {HeartbeatInterval} but must be from 0 to 10 minutes.");
        if (ConnectTimeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > TimeSpan.FromMinutes(10)))
            failures.Add($"RabbitMQ.ConnectTimeout is {timeout} but must be above 0 and at most 10 minutes.");
        if (ConfirmWindow is < 1 or > ushort.MaxValue)
            failures.Add($"RabbitMQ.ConfirmWindow is {ConfirmWindow} but must be from 1 to {ushort.MaxValue}.");
        if (LivenessInterval < TimeSpan.FromSeconds(1))
            failures.Add($"RabbitMQ.LivenessInterval is {LivenessInterval} but must be at least 1 second.");
        if (DelayedDeliveryQueueType is not ("quorum" or "classic"))
            failures.Add($"RabbitMQ.DelayedDeliveryQueueType is '{Printable.Limit(DelayedDeliveryQueueType)}' but must be 'quorum' or 'classic'.");
        if (DelayedDeliveryThreshold < TimeSpan.FromSeconds(1) || DelayedDeliveryThreshold > TimeSpan.FromDays(1))
            failures.Add($"RabbitMQ.DelayedDeliveryThreshold is {DelayedDeliveryThreshold} but must be from 1 second to 1 day.");
        if (ConsumerTimeout is { } longest && longest < TimeSpan.FromSeconds(1))
            failures.Add($"RabbitMQ.ConsumerTimeout is {longest} but must be at least 1 second, or null.");
        if (failures.Count > 0) throw new TaskQueueConfigurationException(ErrorCodes.InvalidConfiguration, string.Join(" ", failures));
    }
}
