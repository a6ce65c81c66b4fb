using CeleryNet.Messages;

namespace CeleryNet.Tasks;

/// <summary>What the message of a unique task says of its key, in a header that Python workers ignore.</summary>
/// <param name="Key">The key.</param>
/// <param name="For">How long it is kept at the longest.</param>
/// <param name="Until">When it becomes free early.</param>
internal sealed record UniqueMark(string Key, TimeSpan For, UniqueUntil Until)
{
    private const int LongestKey = 512; // beyond what this library writes: data of a stranger

    internal void Write(TaskMessage message) => message.SetHeader(
        TaskHeaders.UniqueKey,
        new Dictionary<string, object?> { ["key"] = Key, ["for_ms"] = (long)For.TotalMilliseconds, ["until"] = Until.ToString() });

    /// <summary>Reads the header; <c>null</c> when there is none that can be understood.</summary>
    internal static UniqueMark? Read(TaskMessage message)
    {
        if (message.CustomHeaders?.GetValueOrDefault(TaskHeaders.UniqueKey) is not IReadOnlyDictionary<string, object?> table) return null;
        if (table.GetValueOrDefault("key") is not string { Length: > 0 and <= LongestKey } key) return null;
        if (table.GetValueOrDefault("for_ms") is not long milliseconds || milliseconds < 1 || milliseconds > TimeSpan.MaxValue.TotalMilliseconds / 2) return null;
        return Enum.TryParse<UniqueUntil>(table.GetValueOrDefault("until") as string, out var until) ? new UniqueMark(key, TimeSpan.FromMilliseconds(milliseconds), until) : null;
    }
}
