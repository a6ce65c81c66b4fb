using System.Globalization;
using CeleryNet.Tasks;
using CeleryNet.Worker.Limits;

namespace CeleryNet.Worker.Commands;

/// <summary>Describes tasks as Celery's <c>registered</c>: <c>orders.bill [rate_limit=10/m]</c>.</summary>
internal static class RegisteredTasks
{
    private const double DefaultRetryDelaySeconds = 180; // Celery's default_retry_delay

    private static readonly string[] DefaultItems = ["exchange", "routing_key", "rate_limit"];

    /// <summary>All tasks, sorted; those whose value of an item is set show it.</summary>
    internal static IEnumerable<string> Describe(CommandServices services, List<string> items)
    {
        IReadOnlyList<string> shown = items.Count > 0 ? items : DefaultItems;
        foreach (var name in services.Handlers.Names)
        {
            if (!services.Handlers.TryGet(name, out var handler)) continue;
            var policy = services.PolicyOf(handler.Definition);
            var values = shown.Select(item => (Item: item, Value: ValueOf(handler.Definition, policy, services.RateLimits, item))).Where(pair => pair.Value is not null)
                .Select(pair => $"{pair.Item}={pair.Value}").ToList();
            yield return values.Count == 0 ? name : $"{name} [{string.Join(' ', values)}]";
        }
    }

    // Names and texts as a Python task's attributes have them.
    private static string? ValueOf(TaskDefinition definition, TaskPolicy policy, RateTable rates, string item) => item switch
    {
        "name" => definition.Name,
        "queue" => policy.Queue,
        "priority" => policy.Priority?.ToString(CultureInfo.InvariantCulture),
        "rate_limit" => (rates.Find(definition.Name) ?? policy.RateLimit) is { IsUnlimited: false } rate ? RateOf(rate) : null,
        "max_retries" => policy.MaxRetries == RetryRule.Unlimited ? null : (policy.MaxRetries ?? RetryRule.DefaultMaxRetries).ToString(CultureInfo.InvariantCulture),
        "default_retry_delay" => Number(policy.RetryDelay?.TotalSeconds ?? DefaultRetryDelaySeconds),
        "time_limit" => Number(policy.TimeLimit?.TotalSeconds),
        "soft_time_limit" => Number(policy.SoftTimeLimit?.TotalSeconds),
        "expires" => Number(policy.Expires?.TotalSeconds),
        "ignore_result" => Flag(policy.IgnoreResult == true),
        "track_started" => Flag(policy.TrackStarted == true),
        "store_errors_even_if_ignored" => Flag(policy.StoreErrors == true),
        "acks_late" => Flag(policy.AckEarly != true),
        _ => null,
    };

    // In the unit in which the number is not a fraction, where there is one.
    private static string RateOf(TaskRate rate) => rate.PerSecond >= 1 ? rate.ToString()
        : rate.PerSecond * 60 >= 1 ? $"{Number(rate.PerSecond * 60)}/m"
        : $"{Number(rate.PerSecond * 3600)}/h";

    private static string? Number(double? number) => number?.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Flag(bool flag) => flag ? "True" : "False";
}
