using CeleryNet.Diagnostics;

namespace CeleryNet.Brokers;

/// <summary>A connection URL read as kombu reads it.</summary>
/// <remarks>
/// <c>scheme://user:password@host:port/path?option=value</c>. Several, separated by <c>;</c>, are tried in turn; see <see cref="ParseAll"/>. User, password and path
/// are percent-decoded. For AMQP the path is the virtual host: none or <c>/</c> is <c>/</c>, <c>//</c> is <c>/</c> too, <c>/shop</c> is <c>shop</c>, <c>/%2Fshop</c> is <c>/shop</c>.
/// </remarks>
public sealed record ConnectionString
{
    private ConnectionString() { }

    /// <summary>The scheme in lower case, such as <c>amqp</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>User name; <c>null</c> when absent.</summary>
    public string? User { get; init; }

    /// <summary>Password; <c>null</c> when absent. Never printed.</summary>
    public string? Password { get; init; }

    /// <summary>Host name or address; <c>null</c> when absent.</summary>
    public string? Host { get; init; }

    /// <summary>Port; <c>null</c> for the scheme's default.</summary>
    public int? Port { get; init; }

    /// <summary>What follows the slash after host and port, percent-decoded and without that slash; <c>null</c> when there is no slash.</summary>
    public string? Path { get; init; }

    /// <summary>Options after the question mark, percent-decoded; names are case-insensitive.</summary>
    public IReadOnlyDictionary<string, string> Query { get; init; } = NoOptions;

    private static readonly Dictionary<string, string> NoOptions = [];

    /// <summary>Reads one URL or several separated by <c>;</c>. Later ones may omit the scheme.</summary>
    /// <param name="text">The connection string.</param>
    /// <exception cref="TaskQueueConfigurationException">It is not a URL. The message shows it with its password masked.</exception>
    public static IReadOnlyList<ConnectionString> ParseAll(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        var all = new List<ConnectionString>();
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var url = all.Count > 0 && !part.Contains("://", StringComparison.Ordinal) ? $"{all[0].Scheme}://{part}" : part;
            all.Add(ParseOne(url));
        }

        return all.Count > 0 ? all : throw Invalid(text, "it is empty");
    }

    /// <summary>The URL with the password as <c>***</c> and without its options, which may hold secrets too.</summary>
    public override string ToString()
    {
        var credentials = (User, Password) switch
        {
            (null, null) => "",
            (_, null) => $"{User}@",
            _ => $"{User}:***@",
        };
        var host = Host?.Contains(':', StringComparison.Ordinal) == true ? $"[{Host}]" : Host;
        return $"{Scheme}://{credentials}{host}{(Port is { } port ? $":{port}" : "")}{(Path is null ? "" : $"/{Path}")}";
    }

    /// <summary>Masks the passwords, and the values of options, in any text that may hold URLs.</summary>
    public static string Mask(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return OptionPattern.Replace(MaskPattern.Replace(text, "://$1:***@"), "$1***");
    }

    // A password may itself hold '@' or '/', unescaped by mistake: the last '@' before a blank or ';' ends it.
    private static readonly System.Text.RegularExpressions.Regex MaskPattern =
        new(@"://([^:/@\s;]*):([^\s;]*)@", System.Text.RegularExpressions.RegexOptions.CultureInvariant);

    private static readonly System.Text.RegularExpressions.Regex OptionPattern =
        new(@"([?&][^=&\s;]+=)[^&\s;]+", System.Text.RegularExpressions.RegexOptions.CultureInvariant);

    private static ConnectionString ParseOne(string url)
    {
        var schemeEnd = url.IndexOf("://", StringComparison.Ordinal);
        if (schemeEnd <= 0) throw Invalid(url, "it has no scheme such as amqp:// or redis://");

        // The host ends at the first of these, as in Python's urlparse: whoever has one of them in a password must escape it.
        var rest = url.AsSpan(schemeEnd + 3);
        if (rest.IndexOf('#') is >= 0 and var fragment) rest = rest[..fragment];
        var query = NoOptions;
        if (rest.IndexOf('?') is >= 0 and var question)
        {
            query = ReadQuery(rest[(question + 1)..]);
            rest = rest[..question];
        }

        string? path = null;
        if (rest.IndexOf('/') is >= 0 and var slash)
        {
            path = Uri.UnescapeDataString(rest[(slash + 1)..]);
            rest = rest[..slash];
        }

        string? user = null, password = null;
        if (rest.LastIndexOf('@') is >= 0 and var at)
        {
            var credentials = rest[..at];
            var colon = credentials.IndexOf(':');
            user = Uri.UnescapeDataString(colon < 0 ? credentials : credentials[..colon]);
            password = colon < 0 ? null : Uri.UnescapeDataString(credentials[(colon + 1)..]);
            rest = rest[(at + 1)..];
        }

        var (host, port) = ReadHost(url, rest);
        return new ConnectionString
        {
            Scheme = url[..schemeEnd].ToLowerInvariant(),
            User = string.IsNullOrEmpty(user) ? null : user,
            Password = string.IsNullOrEmpty(password) ? null : password,
            Host = host,
            Port = port,
            Path = path,
            Query = query,
        };
    }

    private static (string? Host, int? Port) ReadHost(string url, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return (null, null);

        var bracket = text.LastIndexOf(']'); // IPv6: [::1]:5672
        var colon = text[(bracket + 1)..].LastIndexOf(':');
        if (colon < 0) return (Unbracket(text), null);

        var digits = text[(bracket + 1 + colon + 1)..];
        if (!ushort.TryParse(digits, System.Globalization.NumberStyles.None, null, out var port) || port == 0)
            throw Invalid(url, "its port is not a number from 1 to 65535");
        var host = Unbracket(text[..(bracket + 1 + colon)]);
        return (host.Length == 0 ? null : host, port);

        static string Unbracket(ReadOnlySpan<char> host) => Uri.UnescapeDataString(host.Trim("[]"));
    }

    private static Dictionary<string, string> ReadQuery(ReadOnlySpan<char> text)
    {
        var query = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var range in text.Split('&'))
        {
            var pair = text[range];
            if (pair.IsEmpty) continue;
            var equals = pair.IndexOf('=');
            query[Decode(equals < 0 ? pair : pair[..equals])] = equals < 0 ? "" : Decode(pair[(equals + 1)..]);
        }

        return query;

        static string Decode(ReadOnlySpan<char> text) => Uri.UnescapeDataString(text.ToString().Replace('+', ' ')); // a form's blank
    }

    private static TaskQueueConfigurationException Invalid(string url, string reason) =>
        new(ErrorCodes.InvalidConfiguration, $"Connection string '{Mask(url)}' cannot be read: {reason}. Write it as scheme://user:password@host:port/path.");
}
