using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using CeleryNet.Brokers;

namespace CeleryNet.RabbitMQ.Connections;

/// <summary>One address with everything needed to log in there.</summary>
internal sealed record RabbitMQEndpoint
{
    private const int PlainPort = 5672;
    private const int TlsPort = 5671;

    private readonly ConnectionString _url;

    private RabbitMQEndpoint(ConnectionString url) => _url = url;

    internal required string Host { get; init; }

    internal required int Port { get; init; }

    internal required string User { get; init; }

    internal required string Password { get; init; }

    internal required string VirtualHost { get; init; }

    internal required TimeSpan Heartbeat { get; init; }

    internal required TimeSpan ConnectTimeout { get; init; }

    internal bool UsesTls { get; init; }

    internal string? TlsServerName { get; init; }

    internal X509CertificateCollection ClientCertificates { get; init; } = [];

    internal RemoteCertificateValidationCallback? ServerCertificateValidation { get; init; }

    /// <summary>The URL with its password masked.</summary>
    public override string ToString() => _url.ToString();

    /// <summary>The same with another heartbeat.</summary>
    internal RabbitMQEndpoint With(TimeSpan heartbeat) => this with { Heartbeat = heartbeat };

    internal static RabbitMQEndpoint From(ConnectionString url, RabbitMQOptions options, BrokerSettings settings)
    {
        var query = RabbitMQUrlOptions.Read(url);
        var usesTls = query.UsesTls ?? (options.UseTls || url.Scheme == "amqps");
        var certificates = new X509CertificateCollection(options.ClientCertificates);
        if (query.Certificate is { } certificate) certificates.Add(certificate);
        return new RabbitMQEndpoint(url)
        {
            Host = url.Host ?? "localhost",
            Port = url.Port ?? (usesTls ? TlsPort : PlainPort),
            User = url.User ?? "guest",
            Password = url.Password ?? (url.User is null ? "guest" : ""),
            VirtualHost = VirtualHostOf(url.Path),
            Heartbeat = query.Heartbeat ?? options.HeartbeatInterval,
            ConnectTimeout = query.ConnectTimeout ?? options.ConnectTimeout ?? settings.ConnectTimeout,
            UsesTls = usesTls,
            TlsServerName = options.TlsServerName,
            ClientCertificates = certificates,
            ServerCertificateValidation = options.ServerCertificateValidation ?? query.ServerCertificateValidation,
        };
    }

    // As kombu: no path, '/' and '//' are the virtual host '/'; of '//name' one slash belongs to the name.
    private static string VirtualHostOf(string? path) => string.IsNullOrEmpty(path) ? "/" : path;
}
