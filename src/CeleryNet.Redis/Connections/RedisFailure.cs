using System.Net.Sockets;
using CeleryNet.Diagnostics;
using StackExchange.Redis;

namespace CeleryNet.Redis.Connections;

/// <summary>What an error of the client means.</summary>
internal static class RedisFailure
{
    private const string WrongPassword = "the server wants a password, or another name or password than the URL has";

    /// <summary>True for a lost or half-open connection: nobody knows whether the server ran the command, unless <see cref="WasNotWritten"/>.</summary>
    internal static bool IsConnection(Exception error) => error is RedisConnectionException or TimeoutException or IOException or ObjectDisposedException or BrokerUnavailableException;

    /// <summary>True when the command certainly never left.</summary>
    internal static bool WasNotWritten(Exception error) =>
        error is BrokerUnavailableException or RedisConnectionException { FailureType: ConnectionFailureType.UnableToResolvePhysicalConnection };

    /// <summary>True for an answer of a server that is not, or not yet, able to serve: it loads its data, or it became a replica.</summary>
    internal static bool IsWrongServer(Exception error) =>
        error is RedisServerException && (StartsWith(error, "LOADING") || StartsWith(error, "READONLY") || StartsWith(error, "MASTERDOWN") || StartsWith(error, "-READONLY")
            || error.Message.Contains("READONLY You can't write", StringComparison.Ordinal));

    /// <summary>True when the server does not know the script, since it was restarted or told to forget.</summary>
    internal static bool IsMissingScript(Exception error) => error is RedisServerException && StartsWith(error, "NOSCRIPT");

    /// <summary>The error for people: the server's text, or the kind of failure; in one line, passwords masked.</summary>
    internal static string Describe(Exception error) => error switch
    {
        RedisServerException refused when StartsWith(refused, "WRONGPASS") => WrongPassword,
        RedisServerException server => $"the server answered '{Printable.Limit(server.Message)}'",
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => WrongPassword,
        RedisConnectionException connection when connection.Message.Contains("AuthenticationFailure", StringComparison.Ordinal) => WrongPassword,
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } or RedisConnectionException { FailureType: ConnectionFailureType.UnableToConnect } =>
            "nothing answers there, or no Redis server does",
        RedisConnectionException connection => $"the connection failed ({connection.FailureType})",
        TimeoutException => "no answer in time",
        TaskQueueException own => own.Reason,
        _ => Printable.Limit(Brokers.ConnectionString.Mask(error.Message)),
    };

    private static bool StartsWith(Exception error, string word) => error.Message.StartsWith(word, StringComparison.Ordinal);
}
