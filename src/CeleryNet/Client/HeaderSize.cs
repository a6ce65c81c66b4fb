using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Client;

/// <summary>Keeps the headers of a message within what a worker accepts.</summary>
internal static class HeaderSize
{
    private const int FixedBytes = 800;      // names, punctuation, numbers and moments of the protocol's own headers
    private const int BytesPerLetter = 6;    // \uXXXX, the longest that JSON makes of one UTF-16 unit
    private const int BytesPerHeader = 64;   // punctuation and the longest number

    internal static void Check(TaskMessage message, WireOptions options)
    {
        if (Estimate(message) is { } bytes && bytes <= options.MaxHeaderBytes) return;

        using var buffer = WireBuffer.Rent();
        try
        {
            HeaderWriter.Write(buffer.Json, message);
        }
        catch (Exception error) when (error is MessageFormatException or InvalidOperationException or ArgumentException)
        {
            throw CallError.Invalid(message.TaskName!, $"a header cannot be written: {error.Message}", error); // the task's name is always set here
        }

        buffer.Flush();
        if (buffer.Count > options.MaxHeaderBytes)
        {
            throw CallError.TooLarge(
                message.TaskName!, $"its headers have {buffer.Count} bytes, more than the limit of {options.MaxHeaderBytes} (MaxHeaderBytes), so a worker would refuse it");
        }
    }

    // An upper bound without writing anything; null when there is a list or a dictionary among the headers.
    private static long? Estimate(TaskMessage message)
    {
        long letters = Length(message.TaskName) + Length(message.Id) + Length(message.RootId) + Length(message.ParentId) + Length(message.Shadow)
            + Length(message.ArgsRepr) + Length(message.KwargsRepr) + Length(message.Origin);
        long others = 0;
        if (message.CustomHeaders is Dictionary<string, object?> custom)
        {
            foreach (var (name, value) in custom)
            {
                if (value is not (null or string or bool or long or double)) return null;
                letters += name.Length + Length(value as string);
                others += BytesPerHeader;
            }
        }

        return FixedBytes + (letters * BytesPerLetter) + others;
    }

    private static long Length(string? text) => text?.Length ?? 0;
}
