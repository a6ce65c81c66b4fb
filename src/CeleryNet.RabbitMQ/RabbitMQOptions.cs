using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

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
        if (failures.Count > 0) throw new TaskQueueConfigurationException(CeleryNet.Diagnostics.ErrorCodes.InvalidConfiguration, string.Join(" ", failures));
    }
}
