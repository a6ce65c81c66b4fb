namespace CeleryNet.Messages;

/// <summary>Why and from where a message came to the dead letters: the table in its header <see cref="TaskHeaders.Death"/>.</summary>
internal sealed record DeadLetterInfo
{
    // Together far below the 64 KiB that headers may have.
    private const int LongestText = 1000;

    internal required string Reason { get; init; }

    /// <summary>The error as type and text; <c>null</c> when there was none.</summary>
    internal string? Error { get; init; }

    /// <summary>How often it was started; 0 when that was not counted.</summary>
    internal int Starts { get; init; }

    internal required string Queue { get; init; }

    internal required string Exchange { get; init; }

    internal required string RoutingKey { get; init; }

    internal required DateTimeOffset DiedAt { get; init; }

    internal static object Write(DeadLetterInfo info) => new Dictionary<string, object?>
    {
        ["reason"] = Cut(info.Reason),
        ["error"] = info.Error is { } error ? Cut(error) : null,
        ["starts"] = (long)info.Starts,
        ["queue"] = info.Queue,
        ["exchange"] = info.Exchange,
        ["routing_key"] = info.RoutingKey,
        ["at"] = info.DiedAt.ToUnixTimeMilliseconds(),
    };

    /// <summary>Reads the table; <c>null</c> when the message is no dead letter of CeleryNet.</summary>
    internal static DeadLetterInfo? Read(TaskMessage message)
    {
        if (message.CustomHeaders?.GetValueOrDefault(TaskHeaders.Death) is not IReadOnlyDictionary<string, object?> table) return null;
        return new DeadLetterInfo
        {
            Reason = Text("reason") ?? "",
            Error = Text("error"),
            Starts = table.GetValueOrDefault("starts") is long starts ? (int)Math.Clamp(starts, 0, int.MaxValue) : 0,
            Queue = Text("queue") ?? "",
            Exchange = Text("exchange") ?? "",
            RoutingKey = Text("routing_key") ?? "",
            DiedAt = table.GetValueOrDefault("at") is long at and >= 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(at) : DateTimeOffset.UnixEpoch,
        };

        string? Text(string name) => table.GetValueOrDefault(name) as string;
    }

    private static string Cut(string text)
    {
        if (text.Length <= LongestText) return text;
        var end = char.IsHighSurrogate(text[LongestText - 2]) ? LongestText - 2 : LongestText - 1; // half a character is not Unicode
        return $"{text.AsSpan(0, end)}…";
    }
}
