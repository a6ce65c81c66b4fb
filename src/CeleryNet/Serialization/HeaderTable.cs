using System.Text;
using System.Text.Json;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;

namespace CeleryNet.Serialization;

/// <summary>Headers as a table of names and values, which is how AMQP carries them.</summary>
public static class HeaderTable
{
    internal static readonly string[] Known =
    [
        // In Python's order, so that a linear search over a Python message finds each at once.
        TaskHeaders.Language, TaskHeaders.TaskName, TaskHeaders.Id, TaskHeaders.Shadow, TaskHeaders.Eta, TaskHeaders.Expires, TaskHeaders.Group, TaskHeaders.GroupIndex,
        TaskHeaders.Retries, TaskHeaders.TimeLimit, TaskHeaders.RootId, TaskHeaders.ParentId, TaskHeaders.ArgsRepr, TaskHeaders.KwargsRepr, TaskHeaders.Origin,
        TaskHeaders.IgnoreResult, TaskHeaders.ReplacedTaskNesting, TaskHeaders.StampedHeaders, TaskHeaders.Stamps, TaskHeaders.Compression,
    ];

    /// <summary>The headers of a message to send. Values are null, string, int, long, double, bool, lists and dictionaries of those.</summary>
    /// <remarks>
    /// The three headers that came with Celery 5.3 are left out when they say nothing, as by a client of 5.2, which every worker understands: a nesting of 0, no stamps. Each
    /// reader then grows its table once less, which is worth 1.1 KB per message over RabbitMQ.
    /// </remarks>
    public static Dictionary<string, object?> Write(TaskMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var table = new Dictionary<string, object?>(CommonHeaders + (message.CustomHeaders?.Count ?? 0))
        {
            [TaskHeaders.Language] = message.Language,
            [TaskHeaders.TaskName] = message.TaskName,
            [TaskHeaders.Id] = message.Id,
            [TaskHeaders.Shadow] = message.Shadow,
            [TaskHeaders.Eta] = message.Eta is { } eta ? WireTime.Format(eta) : null,
            [TaskHeaders.Expires] = message.Expires is { } expires ? WireTime.Format(expires) : null,
            [TaskHeaders.Group] = message.GroupId,
            [TaskHeaders.GroupIndex] = message.GroupIndex,
            [TaskHeaders.Retries] = Boxed(message.Retries),
            [TaskHeaders.TimeLimit] = message is { TimeLimit: null, SoftTimeLimit: null } ? NoLimits : new List<object?> { Seconds(message.TimeLimit), Seconds(message.SoftTimeLimit) },
            [TaskHeaders.RootId] = message.RootId,
            [TaskHeaders.ParentId] = message.ParentId,
            [TaskHeaders.ArgsRepr] = message.ArgsRepr,
            [TaskHeaders.KwargsRepr] = message.KwargsRepr,
            [TaskHeaders.Origin] = message.Origin,
            [TaskHeaders.IgnoreResult] = message.IgnoreResult == true ? True : False,
        };
        if (message.ReplacedTaskNesting != 0) table[TaskHeaders.ReplacedTaskNesting] = message.ReplacedTaskNesting;
        if (HasStamps(message))
        {
            table[TaskHeaders.StampedHeaders] = message.StampedHeaders;
            table[TaskHeaders.Stamps] = message.Stamps ?? NoStamps;
        }

        if (message.Compression is not null) table[TaskHeaders.Compression] = message.Compression;
        if (message.CustomHeaders is { } custom)
            foreach (var (name, value) in custom) table.TryAdd(name, value);
        return table;
    }

    /// <summary>
    /// Sets the headers of a received message. Values may be null, numbers, bool, UTF-8 bytes (AMQP's long strings), string, lists and dictionaries; anything else is kept as its
    /// text. A header of the wrong type sets <see cref="TaskMessage.Problem"/>.
    /// </summary>
    public static void Read(TaskMessage message, IEnumerable<KeyValuePair<string, object?>>? table, WireOptions options)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (table is null) return;
        ArgumentNullException.ThrowIfNull(options);
        var size = 0;
        Dictionary<string, object?>? custom = null;
        foreach (var (name, value) in table)
        {
            try
            {
                size += name.Length + (value is byte[] bytes ? bytes.Length : 8);
                if (size > options.MaxHeaderBytes) throw HeaderReader.TooLarge(options);
                if (!Set(message, name, value)) (custom ??= [])[name] = Plain(value, 0, options.MaxDepth);
            }
            catch (MessageFormatException error)
            {
                message.Problem ??= error.Reason; // the rest is still wanted: without an id no failure can be stored
            }
        }

        message.CustomHeaders = custom;
    }

    // A worker of Celery 5.3 and later that finds names of stamps looks each up in 'stamps' and fails without: both or none.
    internal static bool HasStamps(TaskMessage message) => message.StampedHeaders is not null || message.Stamps is not null;

    internal static readonly Dictionary<string, object?> NoStamps = [];

    private const int CommonHeaders = 17; // of nearly every message, with one to spare: a prime, which is what the table takes

    // Boxed once: nearly every message holds these.
    private static readonly object Zero = 0;
    private static readonly object True = true;
    private static readonly object False = false;

    private static object Boxed(int number) => number == 0 ? Zero : number;

    private static readonly object?[] NoLimits = [null, null];
    // Whole seconds travel as integers, as Python writes them.
    private static object? Seconds(TimeSpan? limit) => limit switch
    {
        null => null,
        { } span when span.Ticks % TimeSpan.TicksPerSecond == 0 => (long)span.TotalSeconds,
        { } span => (object)span.TotalSeconds,
    };

    private static bool Set(TaskMessage message, string name, object? value)
    {
        switch (name)
        {
            case TaskHeaders.TaskName: message.TaskName = KnownText(value) ?? (Text(name, value) is { } task ? TaskNames.Intern(task) : null); break;
            case TaskHeaders.Id: message.Id = Text(name, value); break;
            case TaskHeaders.RootId:
                // Mostly the task's own id: no second string for it.
                message.RootId = message.Id is { } id && value is byte[] root && Ascii.Equals(root, id) ? id : Text(name, value);
                break;
            case TaskHeaders.Language: message.Language = KnownText(value) ?? (Display(value) is { } language ? TaskNames.Intern(language) : null); break;
            case TaskHeaders.Shadow: message.Shadow = Text(name, value); break;
            case TaskHeaders.Eta: message.Eta = Moment(name, value); break;
            case TaskHeaders.Expires: message.Expires = Moment(name, value); break;
            case TaskHeaders.Group: message.GroupId = Text(name, value); break;
            case TaskHeaders.GroupIndex: message.GroupIndex = Whole(name, value); break;
            case TaskHeaders.Retries: message.Retries = Whole(name, value) ?? 0; break;
            case TaskHeaders.TimeLimit: (message.TimeLimit, message.SoftTimeLimit) = Limits(value); break;
            case TaskHeaders.ParentId: message.ParentId = Text(name, value); break;
            case TaskHeaders.ArgsRepr: message.ArgsRepr = IsText(value, "()"u8) ? "()" : Display(value); break;
            case TaskHeaders.KwargsRepr: message.KwargsRepr = IsText(value, "{}"u8) ? "{}" : Display(value); break;
            case TaskHeaders.Origin: message.Origin = value is byte[] origin ? RecentOrigins.Get(origin) : Display(value); break;
            case TaskHeaders.IgnoreResult:
                message.IgnoreResult = value is null ? null : value as bool? ?? throw Wrong(name, value, "true or false");
                break;
            case TaskHeaders.ReplacedTaskNesting: message.ReplacedTaskNesting = Whole(name, value) ?? 0; break;
            case TaskHeaders.Compression: message.Compression = Text(name, value); break;
            case TaskHeaders.StampedHeaders:
                message.StampedHeaders = value is null ? null : (Plain(value, 0, 8) as IReadOnlyList<object?> ?? throw Wrong(name, value, "a list")).OfType<string>().ToList();
                break;
            case TaskHeaders.Stamps:
                message.Stamps = value is null or System.Collections.IDictionary { Count: 0 } ? null : Plain(value, 0, 8) is IReadOnlyDictionary<string, object?> stamps ? (stamps.Count > 0 ? stamps : null) : throw Wrong(name, value, "an object");
                break;
            default: return false;
        }

        return true;
    }

    private static string? Text(string name, object? value) => value switch
    {
        null => null,
        byte[] utf8 => Decode(utf8),
        string text => text,
        _ => throw Wrong(name, value, "text"),
    };

    private static string? KnownText(object? value) => value is byte[] utf8 ? TaskNames.Find(utf8) : null;

    private static bool IsText(object? value, ReadOnlySpan<byte> utf8) => value is byte[] bytes && utf8.SequenceEqual(bytes);

    private static string? Display(object? value) => value switch
    {
        byte[] utf8 => Encoding.UTF8.GetString(utf8),
        string text => text,
        _ => null,
    };

    private static int? Whole(string name, object? value) => value switch
    {
        null => null,
        int number => number,
        long number when number is >= int.MinValue and <= int.MaxValue => (int)number,
        byte or sbyte or short or ushort => Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture),
        _ => throw Wrong(name, value, "a whole number"),
    };

    private static DateTimeOffset? Moment(string name, object? value) => value switch
    {
        null => null,
        byte[] utf8 when WireTime.TryParse(utf8, out var moment) => moment,
        string text when WireTime.TryParse(text, out var moment) => moment,
        _ => throw Wrong(name, value, "an ISO 8601 text"),
    };

    private static (TimeSpan? Hard, TimeSpan? Soft) Limits(object? value)
    {
        if (value is null) return default;
        if (value is not IReadOnlyList<object?> list)
        {
            if (value is not System.Collections.IList raw) throw Wrong(TaskHeaders.TimeLimit, value, "[hard, soft]");
            list = [.. raw.Cast<object?>()];
        }

        return list.Count == 2 ? (Limit(list[0]), Limit(list[1])) : throw HeaderReader.Bad($"header '{TaskHeaders.TimeLimit}' has {list.Count} elements, not [hard, soft]");

        static TimeSpan? Limit(object? value) => value switch
        {
            null => null,
            byte or sbyte or short or ushort or int or uint or long or float or double or decimal
                when WireTime.TryFromSeconds(Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture), out var limit) && limit >= TimeSpan.Zero => limit,
            _ => throw Wrong(TaskHeaders.TimeLimit, value, "[hard, soft] in seconds"),
        };
    }

    private static object? Plain(object? value, int depth, int maxDepth)
    {
        if (depth > maxDepth) throw HeaderReader.Bad($"a header is nested deeper than {maxDepth} levels (MaxDepth)");
        return value switch
        {
            null or string or bool or long or double => value,
            byte[] utf8 => Encoding.UTF8.GetString(utf8),
            byte or sbyte or short or ushort or int or uint => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture),
            float number => (double)number,
            IEnumerable<KeyValuePair<string, object?>> map => map.ToDictionary(pair => pair.Key, pair => Plain(pair.Value, depth + 1, maxDepth)),
            System.Collections.IList list => list.Cast<object?>().Select(item => Plain(item, depth + 1, maxDepth)).ToList(),
            _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
        };
    }

    private static string Decode(byte[] utf8)
    {
        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            throw HeaderReader.Bad("a header is not valid UTF-8");
        }
    }

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static MessageFormatException Wrong(string name, object? value, string expected) => HeaderReader.Wrong(
        name,
        value switch
        {
            null => JsonTokenType.Null,
            bool => JsonTokenType.True,
            string or byte[] => JsonTokenType.String,
            IEnumerable<KeyValuePair<string, object?>> => JsonTokenType.StartObject,
            System.Collections.IList => JsonTokenType.StartArray,
            _ => JsonTokenType.Number,
        },
        expected);
}
