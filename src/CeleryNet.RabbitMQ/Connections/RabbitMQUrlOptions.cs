using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;

namespace CeleryNet.RabbitMQ.Connections;

/// <summary>The options after the question mark of a URL, by kombu's names.</summary>
internal sealed record RabbitMQUrlOptions
{
    private static readonly string[] Known =
        ["heartbeat", "connect_timeout", "ssl", "ssl_cert_reqs", "ssl_check_hostname", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile"];

    internal TimeSpan? Heartbeat { get; private init; }

    internal TimeSpan? ConnectTimeout { get; private init; }

    internal bool? UsesTls { get; private init; }

    internal X509Certificate2? Certificate { get; private init; }

    internal RemoteCertificateValidationCallback? ServerCertificateValidation { get; private init; }

    internal static RabbitMQUrlOptions Read(ConnectionString url)
    {
        var unknown = url.Query.Keys.Where(name => !Known.Contains(name, StringComparer.OrdinalIgnoreCase)).Select(Printable.Limit).ToList();
        if (unknown.Count > 0)
            throw Invalid(url, $"has the unknown option {string.Join(", ", unknown.Select(name => $"'{name}'"))}. Known are {string.Join(", ", Known)}.");

        var usesTls = Flag(url, "ssl");
        if (usesTls is null && url.Query.Keys.Any(name => name.StartsWith("ssl_", StringComparison.OrdinalIgnoreCase))) usesTls = true;
        if (usesTls == false && url.Scheme == "amqps") throw Invalid(url, "turns TLS off by 'ssl' although amqps means TLS. Write amqp, or drop the option.");
        return new RabbitMQUrlOptions
        {
            Heartbeat = Seconds(url, "heartbeat", 0),
            ConnectTimeout = Seconds(url, "connect_timeout", 0.001),
            UsesTls = usesTls,
            Certificate = CertificateOf(url),
            ServerCertificateValidation = ValidationOf(url),
        };
    }

    private static TimeSpan? Seconds(ConnectionString url, string name, double least)
    {
        if (!url.Query.TryGetValue(name, out var text)) return null;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds >= least && seconds <= 600)
            return TimeSpan.FromSeconds(seconds);
        throw Invalid(url, $"has option '{name}' = '{Printable.Limit(text)}', which is not a number of seconds from {least.ToString(CultureInfo.InvariantCulture)} to 600.");
    }

    private static bool? Flag(ConnectionString url, string name) => !url.Query.TryGetValue(name, out var text) ? null : text.ToLowerInvariant() switch
    {
        "1" or "true" or "yes" or "on" => true,
        "0" or "false" or "no" or "off" => false,
        _ => throw Invalid(url, $"has option '{name}' = '{Printable.Limit(text)}', which is neither true nor false."),
    };

    private static X509Certificate2? CertificateOf(ConnectionString url)
    {
        if (!url.Query.TryGetValue("ssl_certfile", out var file)) return null;
        try
        {
            return X509Certificate2.CreateFromPemFile(file, url.Query.GetValueOrDefault("ssl_keyfile"));
        }
        catch (Exception error) when (error is IOException or CryptographicException or UnauthorizedAccessException)
        {
            throw Invalid(url, $"names the certificate '{Printable.Limit(file)}', which cannot be read: {Printable.Limit(error.Message)}", error);
        }
    }

    private static RemoteCertificateValidationCallback? ValidationOf(ConnectionString url)
    {
        var ignored = SslPolicyErrors.None;
        if (Flag(url, "ssl_check_hostname") == false) ignored |= SslPolicyErrors.RemoteCertificateNameMismatch;
        if (url.Query.TryGetValue("ssl_cert_reqs", out var required))
        {
            ignored |= required.ToUpperInvariant() switch
            {
                "CERT_REQUIRED" or "REQUIRED" => SslPolicyErrors.None,
                "CERT_OPTIONAL" or "OPTIONAL" => SslPolicyErrors.RemoteCertificateNotAvailable,
                "CERT_NONE" or "NONE" => SslPolicyErrors.RemoteCertificateNotAvailable | SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateChainErrors,
                _ => throw Invalid(url, $"has option 'ssl_cert_reqs' = '{Printable.Limit(required)}'. Known are CERT_REQUIRED, CERT_OPTIONAL and CERT_NONE."),
            };
        }

        var roots = RootsOf(url);
        if (ignored == SslPolicyErrors.None && roots is null) return null;
        return (_, certificate, _, errors) =>
        {
            var left = errors & ~ignored;
            if (left != SslPolicyErrors.RemoteCertificateChainErrors || roots is null || certificate is null) return left == SslPolicyErrors.None;
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(roots);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // private authorities rarely publish lists
            using var copy = new X509Certificate2(certificate);
            return chain.Build(copy);
        };
    }

    private static X509Certificate2Collection? RootsOf(ConnectionString url)
    {
        if (!url.Query.TryGetValue("ssl_ca_certs", out var file)) return null;
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(file);
            return roots;
        }
        catch (Exception error) when (error is IOException or CryptographicException or UnauthorizedAccessException)
        {
            throw Invalid(url, $"names the authorities '{Printable.Limit(file)}', which cannot be read: {Printable.Limit(error.Message)}", error);
        }
    }

    private static TaskQueueConfigurationException Invalid(ConnectionString url, string what, Exception? cause = null) =>
        new(ErrorCodes.InvalidConfiguration, $"Connection string '{url}' {what}", cause);
}
