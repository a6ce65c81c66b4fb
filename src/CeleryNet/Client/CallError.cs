using CeleryNet.Diagnostics;

namespace CeleryNet.Client;

/// <summary>Makes the errors of calls that are refused before anything is sent.</summary>
internal static class CallError
{
    internal static MessageFormatException Invalid(string task, string what, Exception? cause = null) => Make(ErrorCodes.InvalidCall, task, what, cause);

    internal static MessageFormatException Route(string task, string what, Exception? cause = null) => Make(ErrorCodes.NoRoute, task, what, cause);

    internal static MessageFormatException TooLarge(string task, string what) => Make(ErrorCodes.MessageTooLarge, task, what, null);

    internal static MessageFormatException Value(string task, string what, Exception? cause = null) => Make(ErrorCodes.BadValue, task, what, cause);

    private static MessageFormatException Make(string code, string task, string what, Exception? cause) =>
        new(code, $"Task '{Printable.Limit(task)}' was not sent: {what}.", cause);
}
