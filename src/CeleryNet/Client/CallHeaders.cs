using System.Collections;
using System.Diagnostics;
using System.Globalization;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Client;

/// <summary>Headers beyond Celery's own: those of the call and the trace context of the sender.</summary>
internal static class CallHeaders
{
    private const int LongestTraceState = 512; // W3C Trace Context 3.3.1.5 asks to carry at least this much; more may be dropped

    /// <summary>Sets the headers of the call, brought to the few types that travel.</summary>
    internal static void Set(TaskMessage message, string task, CallOptions options, int maxDepth)
    {
        if (options.Headers.Count == 0) return;
        var headers = new Dictionary<string, object?>(options.Headers.Count + 2);
        foreach (var (name, value) in options.Headers)
        {
            if (string.IsNullOrWhiteSpace(name)) throw CallError.Invalid(task, "a header has an empty name");
            if (name.Length > 255) throw CallError.Invalid(task, $"a header's name has {name.Length} letters, more than the limit of 255");
            if (Array.IndexOf(HeaderTable.Known, name) >= 0)
                throw CallError.Invalid(task, $"header '{name}' is one of Celery's own; set it by the option of that meaning, or choose another name");
            if (name.StartsWith(TaskHeaders.OwnPrefix, StringComparison.Ordinal))
                throw CallError.Invalid(task, $"header '{name}' begins with '{TaskHeaders.OwnPrefix}', as CeleryNet's own do; choose another name");
            headers[name] = Plain(value, task, name, maxDepth);
        }

        message.CustomHeaders = headers;
    }

    /// <summary>Adds the W3C trace context, unless the call brought its own.</summary>
    internal static void SetTrace(TaskMessage message, Activity? activity)
    {
        if (activity is not { IdFormat: ActivityIdFormat.W3C, Id: { } id }) return;
        var headers = (Dictionary<string, object?>?)message.CustomHeaders ?? new Dictionary<string, object?>(2); // only Set makes it
        if (!headers.TryAdd(TaskHeaders.TraceParent, id)) return;
        if (activity.TraceStateString is { Length: > 0 and <= LongestTraceState } state) headers[TaskHeaders.TraceState] = state;
        message.CustomHeaders = headers;
    }

    private static object? Plain(object? value, string task, string name, int depth)
    {
        if (depth < 0) throw CallError.Invalid(task, $"header '{name}' is nested deeper than the limit (MaxDepth)");
        return value switch
        {
            null or string or bool or long => value,
            double number when double.IsFinite(number) => value,
            float number when float.IsFinite(number) => (double)number,
            byte or sbyte or short or ushort or int or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            IDictionary map => map.Keys.Cast<object>().ToDictionary(key => Key(key, task, name), key => Plain(map[key], task, name, depth - 1)),
            IEnumerable<KeyValuePair<string, object?>> map => map.ToDictionary(pair => pair.Key, pair => Plain(pair.Value, task, name, depth - 1)),
            IList list => list.Cast<object?>().Select(item => Plain(item, task, name, depth - 1)).ToList(),
            _ => throw CallError.Invalid(
                task, $"header '{name}' holds a {value.GetType().Name}; a header is null, bool, a number of up to 64 bits, text, or a list or dictionary of those"),
        };
    }

    private static string Key(object key, string task, string name) =>
        key as string ?? throw CallError.Invalid(task, $"header '{name}' holds a dictionary whose keys are {key.GetType().Name}; they must be text");
}
