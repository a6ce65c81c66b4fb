using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace CeleryNet.Interop.Tests.Tasks;

/// <summary>Tasks of the .NET worker that Python clients call.</summary>
public static class CSharpTasks
{
    [Task("cs.add")]
    public static int Add(int x, int y) => x + y;

    [Task("cs.echo")]
    public static JsonElement Echo(JsonElement value) => value;

    [Task("cs.join")]
    public static string Join(string first, string second = "two", string? third = null) => $"{first}|{second}|{third ?? "none"}";

    [Task("cs.thumbnail")]
    public static string Thumbnail(string source, int maxWidth = 128) => $"{source}@{maxWidth}";

    [Task("cs.length")]
    public static int Length(string text) => text.Length;

    [Task("cs.repeat")]
    public static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    [Task("cs.big")]
    public static BigInteger Twice(BigInteger number) => number * 2;

    [Task("cs.long")]
    public static long Next(long number) => number + 1;

    [Task("cs.money")]
    public static decimal AddTax(decimal amount) => amount * 2;

    [Task("cs.real")]
    public static double Half(double number) => number / 2;

    [Task("cs.moment")]
    public static string Moment(DateTimeOffset moment) => moment.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    [Task("cs.later")]
    public static DateTimeOffset Later(DateTimeOffset moment) => moment.AddDays(1);

    [Task("cs.weekday")]
    public static string Weekday(DateOnly date) => date.DayOfWeek.ToString();

    [Task("cs.guid")]
    public static Guid SameGuid(Guid id) => id;

    [Task("cs.maybe")]
    public static string Maybe(int? number, string? text) => $"{number?.ToString(CultureInfo.InvariantCulture) ?? "null"}/{text ?? "null"}";

    [Task("cs.nested")]
    public static Dictionary<string, int> Count(Dictionary<string, List<int>> groups) => groups.ToDictionary(group => group.Key, group => group.Value.Sum());

    [Task("cs.fail")]
    public static int Fail(string kind, string message) => throw (kind switch
    {
        "invalid" => new InvalidOperationException(message),
        "stock" => new OutOfStockException(message),
        _ => new InvalidOperationException("outer", new ArgumentException(message)),
    });

    [Task("cs.nothing")]
    public static void Nothing() { }

    [Task("cs.now")]
    public static double Now(TaskContext context)
    {
        Runs.Note(context.Id);
        return (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
    }

    [Task("cs.step")]
    public static void Step(string key, string step) => Runs.Append(key, step);

    [Task("cs.context")]
    public static Dictionary<string, object?> Describe(TaskContext context) => new()
    {
        ["id"] = context.Id,
        ["name"] = context.Name,
        ["queue"] = context.Queue,
        ["retries"] = context.Retries,
        ["root"] = context.RootId,
        ["parent"] = context.ParentId,
        ["priority"] = context.Priority,
        ["eta"] = context.Eta?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
        ["expires"] = context.Expires?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
        ["origin"] = context.Origin,
        ["redelivered"] = context.IsRedelivered,
        ["headers"] = context.Headers.ToDictionary(header => header.Key, header => header.Value),
    };

    [Task("cs.tracked", TrackStarted = true)]
    public static async Task<string> TrackedAsync(int milliseconds, CancellationToken cancellationToken)
    {
        await Task.Delay(milliseconds, cancellationToken);
        return "tracked";
    }

    /// <summary>Also a task of the Python worker: whoever is free takes it.</summary>
    [Task("fleet.where")]
    public static async Task<string> WhereAsync(int number, CancellationToken cancellationToken)
    {
        await Task.Delay(20, cancellationToken);
        return "csharp";
    }

    /// <summary>Fails so often, then tells what it knows of the failures.</summary>
    [Task("cs.retrying", MaxRetries = 3, RetryDelay = "00:00:00.1")]
    public static List<string> Retrying(int failures, TaskContext context) =>
        context.Retries < failures
            ? throw new InvalidOperationException($"failure {context.Retries}")
            : [.. context.Attempts.Select(attempt => $"{attempt.Retries} {attempt.ErrorType} {attempt.ErrorMessage}")];

    [Task("cs.retry_later")]
    public static int RetryLater(double seconds, TaskContext context) =>
        context.Retries == 0 ? throw context.Retry(TimeSpan.FromSeconds(seconds), new InvalidOperationException("not yet")) : context.Retries;

    [Task("cs.retry_exhausted")]
    public static int RetryExhausted(int x, TaskContext context) => throw context.Retry(TimeSpan.Zero, maxRetries: x);

    [Task("cs.retry_with")]
    public static string RetryWith(string text, TaskContext context) => context.Retries == 0 ? throw context.Retry(CSharpTasks.RetryWithTask($"{text}!").With(o => o.Countdown = TimeSpan.Zero)) : text;

    [Task("cs.outcome")]
    public static TaskOutcome<string> End(string kind, TaskContext context)
    {
        Runs.Note(context.Id);
        return kind switch
        {
            "snooze" => Runs.Of(context.Id) == 1 ? TaskOutcome.Snooze(TimeSpan.FromMilliseconds(300)) : $"retries {context.Retries}",
            "requeue" => Runs.Of(context.Id) == 1 ? TaskOutcome.Reject(requeue: true) : "again",
            "cancel" => TaskOutcome.Cancel("no longer wanted"),
            "reject" => TaskOutcome.Reject(reason: "not here"),
            _ => TaskOutcome.Ignore,
        };
    }

    /// <summary>Also a task of the Python worker, which ends it; this one only retries it.</summary>
    [Task("fleet.retried_by_csharp")]
    public static string RetriedByCSharp(int number, TaskContext context) => throw context.Retry(TimeSpan.FromMilliseconds(10), new InvalidOperationException("elsewhere"), maxRetries: -1);

    /// <summary>Also a task of the Python worker, which only retries it; this one ends it.</summary>
    [Task("fleet.retried_by_python")]
    public static string RetriedByPython(int number, TaskContext context) => $"csharp {number} {(context.Retries > 0 ? "retried" : "at once")}";

    /// <summary>Takes its time unless it is asked to end.</summary>
    [Task("cs.wait", TrackStarted = true)]
    public static async Task<string> WaitAsync(double seconds, TaskContext context, CancellationToken cancellationToken)
    {
        Runs.Note(context.Id);
        await Task.Delay(TimeSpan.FromSeconds(seconds), cancellationToken);
        return "waited";
    }

    /// <summary>Tells monitors of itself.</summary>
    [Task("cs.tells")]
    public static async Task<int> TellAsync(int number, TaskContext context)
    {
        await context.SendEventAsync("task-telling", new Dictionary<string, object?> { ["number"] = number });
        return number;
    }

    /// <summary>Takes its time and its thread, whatever it is asked.</summary>
    [Task("cs.block")]
    public static string Block(double seconds)
    {
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        return "blocked";
    }

    /// <summary>Ends early and in order when its soft time limit passes.</summary>
    [Task("cs.careful")]
    public static async Task<string> CarefulAsync(TaskContext context, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(30), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return context.CancelReason.ToString();
    }

    /// <summary>Its time limit is changed by remote control.</summary>
    [Task("cs.limited")]
    public static async Task<string> LimitedAsync(double seconds)
    {
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        return "within its limit";
    }

    /// <summary>Its rate limit is changed by remote control.</summary>
    [Task("cs.paced")]
    public static void Paced() { }

    /// <summary>Refuses itself the first time.</summary>
    [Task("cs.reject_once")]
    public static TaskOutcome<string> RejectOnce(string key)
    {
        Runs.Note(key);
        return Runs.Of(key) == 1 ? TaskOutcome.Reject(reason: "not the first time") : "done";
    }

    /// <summary>Reports twice, further apart than the worker's interval, and goes on until its key is noted.</summary>
    [Task("cs.reporting")]
    public static async Task<string> ReportingAsync(string key, TaskContext context, IProgress<Dictionary<string, int>> progress, CancellationToken cancellationToken)
    {
        await context.ReportAsync("LOADING", key, cancellationToken);
        await Task.Delay(TimeSpan.FromMilliseconds(700), cancellationToken);
        progress.Report(new Dictionary<string, int> { ["done"] = 3, ["of"] = 4 });
        while (key.Length > 0 && Runs.Of(key) == 0) await Task.Delay(20, cancellationToken);
        return "reported";
    }
}
