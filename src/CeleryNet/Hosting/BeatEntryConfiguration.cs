using System.Globalization;
using System.Text.Json;
using CeleryNet.Scheduling;
using CeleryNet.Tasks;

namespace CeleryNet.Hosting;

/// <summary>Reads one entry of <c>TaskQueue:Beat:Entries</c>. Arguments are JSON texts, since configuration has no types: <c>"Args": "[2, \"a\"]"</c>.</summary>
internal static class BeatEntryConfiguration
{
    /// <summary>The entry; <c>null</c> when it cannot be made, and the failures say why.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="reader">Its section.</param>
    /// <param name="weaker">The entry of this name of a task's attribute, which counts where the section says nothing; a section that names a task stands for itself.</param>
    internal static BeatEntry? Read(string name, ConfigurationReader reader, BeatEntry? weaker = null)
    {
        var failures = reader.Failures.Count;
        var task = reader.Text("Task");
        if (task is not null) weaker = null;
        if (weaker is null && string.IsNullOrWhiteSpace(task)) reader.Fail("Task", "is missing but must be the wire name of a task");
        var schedule = ReadSchedule(reader, weaker?.Schedule);
        var args = Json(reader, "Args", JsonValueKind.Array, "a JSON list, such as [2, \"a\"]");
        var kwargs = Json(reader, "Kwargs", JsonValueKind.Object, "a JSON object, such as {\"width\": 128}");
        var options = new CallOptions
        {
            Queue = reader.Text("Queue"),
            Exchange = reader.Text("Exchange"),
            RoutingKey = reader.Text("RoutingKey"),
            Priority = reader.Integer("Priority", 0, 255),
            Expires = reader.Duration("Expires"),
            ExpireAtBroker = reader.Boolean("ExpireAtBroker") ?? false,
            TimeLimit = reader.Duration("TimeLimit"),
            SoftTimeLimit = reader.Duration("SoftTimeLimit"),
            IgnoreResult = reader.Boolean("IgnoreResult"),
        };
        var misfire = reader.OneOf("Misfire", nameof(MisfirePolicy.RunOnce), nameof(MisfirePolicy.Skip), nameof(MisfirePolicy.CatchUp));
        var (catchUp, most) = (reader.Integer("CatchUpLimit", 1, 10_000), reader.Integer("MaxRuns", 1, int.MaxValue));
        var (start, end) = (Moment(reader, "Start"), Moment(reader, "End"));
        var (jitter, isPaused) = (reader.Duration("Jitter"), reader.Boolean("Paused"));
        reader.RejectOthers();
        if (reader.Failures.Count > failures) return null;

        options.Queue ??= weaker?.Task.Options.Queue;
        options.Expires ??= weaker?.Task.Options.Expires;
        return new BeatEntry(name, schedule!, new Signature(weaker?.Task.Definition ?? new TaskDefinition(task!), new RawArguments(args, kwargs), options)) // both were read, or there would be a failure
        {
            Misfire = misfire is null ? weaker?.Misfire ?? MisfirePolicy.RunOnce : Enum.Parse<MisfirePolicy>(misfire, ignoreCase: true),
            CatchUpLimit = catchUp ?? weaker?.CatchUpLimit ?? 100,
            MaxRuns = most ?? weaker?.MaxRuns,
            Start = start,
            End = end,
            Jitter = jitter ?? weaker?.Jitter ?? TimeSpan.Zero,
            IsPaused = isPaused ?? false,
        };
    }

    private static ISchedule? ReadSchedule(ConfigurationReader reader, ISchedule? weaker)
    {
        var (cron, zone, every, anchor, at) = (reader.Text("Cron"), reader.Text("Zone"), reader.Duration("Every"), Moment(reader, "Anchor"), Moment(reader, "At"));
        var count = (cron is null ? 0 : 1) + (reader.Text("Every") is null ? 0 : 1) + (reader.Text("At") is null ? 0 : 1);
        if (count == 0 && weaker is not null && zone is null && anchor is null) return weaker;
        if (count != 1)
        {
            reader.Failures.Add($"{reader.Path} must have exactly one of Cron, Every and At.");
            return null;
        }

        if (zone is not null && cron is null) reader.Fail("Zone", "is set without Cron");
        if (anchor is not null && every is null) reader.Fail("Anchor", "is set without Every");
        if (at is { } moment) return Schedule.At(moment);
        if (every is { } interval)
        {
            if (interval < Schedule.ShortestInterval) reader.Fail("Every", interval.ToString(), "at least 00:00:00.001");
            else return anchor is { } since ? Schedule.Every(interval, since) : Schedule.Every(interval);
        }

        if (cron is null) return null; // a duration or moment that could not be read, which has been told
        try
        {
            return Crontab.Parse(cron, zone);
        }
        catch (TaskQueueConfigurationException error)
        {
            reader.Fail("Cron", $"is '{Diagnostics.Printable.Limit(cron)}': {error.Reason.TrimEnd('.')}");
            return null;
        }
    }

    private static DateTimeOffset? Moment(ConfigurationReader reader, string key)
    {
        if (reader.Text(key) is not { } text) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)) return moment.ToUniversalTime();
        reader.Fail(key, text, "a moment such as 2026-03-01T08:00:00Z");
        return null;
    }

    private static JsonElement Json(ConfigurationReader reader, string key, JsonValueKind kind, string allowed)
    {
        if (reader.Text(key) is not { } text) return default;
        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == kind) return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // told below
        }

        reader.Fail(key, $"is no JSON that fits but must be {allowed}"); // without the value, which may be a secret
        return default;
    }
}
