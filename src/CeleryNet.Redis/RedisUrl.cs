using System.Globalization;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;

namespace CeleryNet.Redis;

/// <summary>Reads the URLs of Redis as kombu reads them, and applies their options.</summary>
internal static class RedisUrl
{
    /// <summary>Reads <c>redis://…</c>, several separated by <c>;</c>, or the plain form <c>localhost:6379</c>.</summary>
    internal static IReadOnlyList<ConnectionString> Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        if (text.Contains("://", StringComparison.Ordinal)) return ConnectionString.ParseAll(text);

        // Options behind a comma may hold a password, so the text is not shown.
        return text.Contains(',', StringComparison.Ordinal)
            ? throw Invalid("The address of Redis has options behind a comma. Write it as redis://:password@host:6379/0, several separated by ';'.")
            : ConnectionString.ParseAll($"redis://{text}");
    }

    /// <summary>Makes the endpoints, and sets in <paramref name="options"/> what the URLs say.</summary>
    /// <exception cref="TaskQueueConfigurationException">A URL or an option cannot be used.</exception>
    internal static IReadOnlyList<RedisEndpoint> Apply(IReadOnlyList<ConnectionString> urls, RedisOptions options)
    {
        var endpoints = urls.Select(url => Endpoint(url, options)).ToList();
        var failures = options.Failures().ToList();
        return failures.Count == 0 ? endpoints : throw Invalid($"{string.Join(". ", failures)}.");
    }

    private static RedisEndpoint Endpoint(ConnectionString url, RedisOptions options)
    {
        var isTls = url.Scheme switch
        {
            "redis" => false,
            "rediss" => true,
            _ => throw Invalid($"'{url}' is not a Redis URL: its scheme must be redis or rediss."),
        };
        if (!string.IsNullOrEmpty(url.User) && string.IsNullOrEmpty(url.Password))
            throw Invalid($"'{url}' names the user '{Printable.Limit(url.User)}' without a password. Write redis://user:password@host; for a user that needs none, any password will do.");

        var verify = true;
        foreach (var (name, value) in url.Query)
        {
            switch (name.ToLowerInvariant())
            {
                case "ssl_cert_reqs": verify = Verify(url, value); break;
                case "visibility_timeout": options.VisibilityTimeout = Seconds(url, name, value); break;
                case "global_keyprefix": options.KeyPrefix = value; break;
                case "higher_priority_is_sooner": options.HigherPriorityIsSooner = Flag(url, name, value); break;
                case "result_chord_ordered": options.OrderedChords = Flag(url, name, value); break;
                case "socket_timeout": options.CommandTimeout = Seconds(url, name, value); break;
                case "socket_connect_timeout": options.ConnectTimeout = Seconds(url, name, value); break;

                // The dead are noticed by CommandTimeout and by the renewed lease, so these have nothing to change here; a URL shared with Python may hold them.
                case "health_check_interval" or "socket_keepalive" or "retry_on_timeout" or "max_connections": break;
                case "virtual_host": break;
                default:
                    throw Invalid($"Option '{Printable.Limit(name)}' of '{url}' is unknown. Known are ssl_cert_reqs, visibility_timeout, global_keyprefix, socket_timeout, "
                        + "socket_connect_timeout, result_chord_ordered, higher_priority_is_sooner, health_check_interval, socket_keepalive, retry_on_timeout, max_connections, virtual_host.");
            }
        }

        var path = url.Query.TryGetValue("virtual_host", out var host) ? host : url.Path;
        return new RedisEndpoint
        {
            Url = url,
            Host = url.Host ?? "127.0.0.1",
            Port = url.Port ?? 6379,
            Database = Database(url, path),
            User = string.IsNullOrEmpty(url.User) ? null : url.User,
            Password = url.Password,
            IsTls = isTls,
            VerifyCertificate = verify,
        };
    }

    private static int Database(ConnectionString url, string? path)
    {
        var text = path?.Trim('/');
        if (string.IsNullOrEmpty(text)) return 0;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Invalid($"'{url}' cannot be read: what follows the slash is the number of the database, such as redis://host:6379/0.");
    }

    private static bool Verify(ConnectionString url, string value) => value.ToLowerInvariant() switch
    {
        "none" or "cert_none" => false,
        "required" or "cert_required" or "optional" or "cert_optional" => true,
        _ => throw Invalid($"Option ssl_cert_reqs of '{url}' is '{Printable.Limit(value)}' but must be required, optional or none."),
    };

    private static bool Flag(ConnectionString url, string name, string value) =>
        bool.TryParse(value, out var flag) ? flag : throw Invalid($"Option {name} of '{url}' is '{Printable.Limit(value)}' but must be true or false.");

    private static TimeSpan Seconds(ConnectionString url, string name, string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e9
            ? TimeSpan.FromSeconds(seconds)
            : throw Invalid($"Option {name} of '{url}' is '{Printable.Limit(value)}' but must be a number of seconds above 0.");

    private static TaskQueueConfigurationException Invalid(string message) => new(ErrorCodes.InvalidConfiguration, message);
}
