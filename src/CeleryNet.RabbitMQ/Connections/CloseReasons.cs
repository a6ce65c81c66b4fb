using CeleryNet.Diagnostics;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace CeleryNet.RabbitMQ.Connections;

/// <summary>Why a channel or connection ended, in words.</summary>
internal static class CloseReasons
{
    internal const ushort AccessRefused = 403;
    internal const ushort NotFound = 404;
    internal const ushort ResourceLocked = 405;
    internal const ushort PreconditionFailed = 406;
    internal const ushort NotAllowed = 530;
    internal const ushort NotImplemented = 540;

    /// <summary>True when the server ended the channel because a delivery was not settled within its <c>consumer_timeout</c>. 3.10: "PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out…"</summary>
    internal static bool IsConsumerTimeout(string reason) =>
        reason.Contains("delivery acknowledgement on channel", StringComparison.Ordinal) && reason.Contains("timed out", StringComparison.Ordinal);

    internal static string Describe(ShutdownEventArgs reason) => reason.Exception is { } cause && reason.Initiator != ShutdownInitiator.Peer
        ? $"{Printable.Limit(reason.ReplyText)}: {Printable.Limit(cause.Message)}"
        : $"{reason.ReplyCode} {Printable.Limit(reason.ReplyText)}{WayOut(reason)}";

    // "530 NOT_ALLOWED - vhost shop not found", or "… access to vhost 'shop' refused for user 'guest'".
    private static string WayOut(ShutdownEventArgs reason)
    {
        if (reason.ReplyCode != NotAllowed || !reason.ReplyText.Contains("vhost", StringComparison.Ordinal)) return "";
        return reason.ReplyText.Contains("not found", StringComparison.Ordinal) ? "; create that virtual host, or correct the last part of the URL" : "; let the user into that virtual host, or correct the last part of the URL";
    }

    /// <summary>The innermost cause that says something.</summary>
    internal static string Describe(Exception error)
    {
        if (error is OperationInterruptedException { ShutdownReason: { } reason }) return Describe(reason);
        while (error.InnerException is { } inner) error = inner;
        return Printable.Limit(error.Message).TrimEnd('.');
    }
}
