using System.Buffers.Text;
using System.Text.Json;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Signatures;

namespace CeleryNet.Client;

/// <summary>Reads the options of a signature in Celery's JSON form. What no option of ours means is passed over, as a worker has to send what others wrote.</summary>
internal static class DocumentOptions
{
    private static readonly WireOptions Plain = new();

    internal static CallOptions Read(SignatureDocument task)
    {
        var options = task.Options;
        var read = new CallOptions
        {
            TaskId = options.Text(OptionNames.TaskId),
            Queue = options.Text(OptionNames.Queue),
            RoutingKey = options.Text(OptionNames.RoutingKey),
            Priority = Whole(task, OptionNames.Priority),
            Shadow = options.Text(OptionNames.Shadow),
            TimeLimit = Seconds(task, OptionNames.TimeLimit),
            SoftTimeLimit = Seconds(task, OptionNames.SoftTimeLimit),
            Compression = options.Text(OptionNames.Compression),
            IgnoreResult = options.Has(OptionNames.IgnoreResult) ? options[OptionNames.IgnoreResult].Span.SequenceEqual("true"u8) : null,
        };
        if (read.Queue is null && read.RoutingKey is not null) read.Exchange = options.Text(OptionNames.Exchange); // kombu asks the queue first
        ReadTimes(task, read);
        ReadHeaders(task, read);
        return read;
    }

    internal static int? Whole(SignatureDocument task, string option)
    {
        var json = task.Options[option];
        if (json.IsEmpty) return null;
        if (Utf8Parser.TryParse(json.Span, out int number, out var read) && read == json.Length) return number;
        return Utf8Parser.TryParse(json.Span, out double real, out read) && read == json.Length && real is >= int.MinValue and <= int.MaxValue
            ? (int)real
            : throw Wrong(task, option, "a whole number");
    }

    /// <summary>The names of the stamps and their values, which stand beside the other options.</summary>
    internal static (IReadOnlyList<string>? Names, IReadOnlyDictionary<string, object?>? Values) Stamps(SignatureDocument task)
    {
        var json = task.Options[OptionNames.StampedHeaders];
        if (json.IsEmpty) return default;
        var names = JsonParts.Elements(json).ConvertAll(name => JsonParts.ReadText(name) ?? throw Wrong(task, OptionNames.StampedHeaders, "a list of names"));
        var values = names.Distinct().Where(name => task.Options.Has(name)).ToDictionary(name => name, name => WireValue.Read(task.Options[name], WireConverters.Any, Plain));
        return (names, values.Count > 0 ? values : null);
    }

    private static void ReadTimes(SignatureDocument task, CallOptions read)
    {
        read.Eta = Moment(task, OptionNames.Eta);
        if (read.Eta is null && Seconds(task, OptionNames.Countdown) is { } countdown) read.Countdown = countdown;
        if (task.Options[OptionNames.Expires].Span is [(byte)'"', ..]) read.ExpiresAt = Moment(task, OptionNames.Expires);
        else if (Seconds(task, OptionNames.Expires) is { } expires) read.Expires = expires;
    }

    // A signature made from a running task brings that task's headers along, Celery's own among them.
    private static void ReadHeaders(SignatureDocument task, CallOptions read)
    {
        foreach (var (name, value) in JsonParts.Fields(task.Options[OptionNames.Headers]))
        {
            if (Array.IndexOf(HeaderTable.Known, name) >= 0 || name.StartsWith(TaskHeaders.OwnPrefix, StringComparison.Ordinal)) continue;
            read.Headers[name] = WireValue.Read(value, WireConverters.Any, Plain);
        }
    }

    private static DateTimeOffset? Moment(SignatureDocument task, string option)
    {
        if (!task.Options.Has(option)) return null;
        return task.Options.Text(option) is { } text && WireTime.TryParse(text, out var moment) ? moment : throw Wrong(task, option, "an ISO 8601 text");
    }

    private static TimeSpan? Seconds(SignatureDocument task, string option)
    {
        var json = task.Options[option];
        if (json.IsEmpty) return null;
        return Utf8Parser.TryParse(json.Span, out double seconds, out var read) && read == json.Length && WireTime.TryFromSeconds(seconds, out var duration)
            ? duration
            : throw Wrong(task, option, "a number of seconds");
    }

    private static MessageFormatException Wrong(SignatureDocument task, string option, string expected) => CallError.Invalid(task.Task, $"option '{option}' of its signature is not {expected}");
}
