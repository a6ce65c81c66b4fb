using CeleryNet.Messages;

namespace CeleryNet.Tasks;

/// <summary>The errors of former attempts as a header keeps them: a bounded list of tables, oldest first.</summary>
internal static class AttemptHistory
{
    // 10 attempts of at most 500 characters stay far below the 64 KiB that headers may have.
    private const int Most = 10;
    private const int LongestText = 500;

    internal static IReadOnlyList<TaskAttempt> Read(TaskMessage message)
    {
        if (message.CustomHeaders?.GetValueOrDefault(TaskHeaders.Attempts) is not IEnumerable<object?> entries) return [];
        var attempts = new List<TaskAttempt>();
        foreach (var entry in entries)
        {
            if (entry is not IReadOnlyDictionary<string, object?> table) continue; // somebody else's header of this name
            var at = table.GetValueOrDefault("at") is long seconds and >= 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : DateTimeOffset.UnixEpoch;
            attempts.Add(new TaskAttempt(
                table.GetValueOrDefault("retries") is long retries ? (int)Math.Clamp(retries, 0, int.MaxValue) : 0,
                table.GetValueOrDefault("type") as string ?? "",
                table.GetValueOrDefault("message") as string ?? "",
                at));
        }

        return attempts;
    }

    /// <summary>Adds an attempt and drops the oldest ones beyond the bound.</summary>
    internal static void Add(TaskMessage message, TaskAttempt attempt)
    {
        var kept = Read(message);
        message.SetHeader(TaskHeaders.Attempts, kept.Skip(Math.Max(0, kept.Count - Most + 1)).Append(attempt).Select(Table).ToList());
    }

    private static object? Table(TaskAttempt attempt) => new Dictionary<string, object?>
    {
        ["retries"] = (long)attempt.Retries,
        ["type"] = Cut(attempt.ErrorType),
        ["message"] = Cut(attempt.ErrorMessage),
        ["at"] = attempt.FailedAt.ToUnixTimeSeconds(),
    };

    // Half a character is not Unicode.
    private static string Cut(string text)
    {
        if (text.Length <= LongestText) return text;
        var end = char.IsHighSurrogate(text[LongestText - 2]) ? LongestText - 2 : LongestText - 1;
        return $"{text.AsSpan(0, end)}…";
    }
}
