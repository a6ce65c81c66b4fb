using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Client;
using CeleryNet.Serialization;
using CeleryNet.Worker;

namespace CeleryNet.Hosting;

/// <summary>Checks the options as a whole, wherever their values came from.</summary>
internal static class TaskQueueValidation
{
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1);

    internal static void Check(TaskQueueOptions options, ICollection<string> failures)
    {
        CheckUrl(nameof(options.Broker), options.Broker, failures);
        CheckUrl(nameof(options.Results), options.Results, failures);
        CheckName(nameof(options.DefaultQueue), options.DefaultQueue, failures);
        CheckTimeout(nameof(options.PublishTimeout), options.PublishTimeout, failures);
        CheckTimeout(nameof(options.ConnectTimeout), options.ConnectTimeout, failures);
        CheckCompression(options.Compression, failures);

        var limits = options.Limits;
        CheckRange(nameof(limits.MaxBodyBytes), limits.MaxBodyBytes, 1024, int.MaxValue, failures);
        CheckRange(nameof(limits.MaxDecompressedBytes), limits.MaxDecompressedBytes, 1024, int.MaxValue, failures);
        CheckRange(nameof(limits.MaxCompressionRatio), limits.MaxCompressionRatio, 1, int.MaxValue, failures);
        CheckRange(nameof(limits.MaxDepth), limits.MaxDepth, 8, 256, failures);
        CheckRange(nameof(limits.MaxHeaderBytes), limits.MaxHeaderBytes, 4096, int.MaxValue, failures);

        foreach (var (name, queue) in options.Queues) CheckQueue(name, queue, failures);
        foreach (var (name, policy) in options.Tasks) CheckPolicy($"Tasks:{name}", policy, failures);
        foreach (var rule in options.Routes.Rules) CheckTarget(rule, failures);
    }

    private static void CheckUrl(string key, string? url, ICollection<string> failures)
    {
        if (url is null) return;
        if (string.IsNullOrWhiteSpace(url))
        {
            failures.Add($"{key} is empty but must be a URL such as redis://localhost:6379/0.");
            return;
        }

        try
        {
            ConnectionString.ParseAll(url);
        }
        catch (TaskQueueConfigurationException error)
        {
            failures.Add($"{key}: {error.Reason}");
        }
    }

    private static void CheckName(string key, string? name, ICollection<string> failures)
    {
        if (string.IsNullOrWhiteSpace(name)) failures.Add($"{key} is empty but must be a name of 1 to 255 bytes.");
        else if (Encoding.UTF8.GetByteCount(name) is > 255 and var length) failures.Add($"{key} has {length} bytes but must be a name of 1 to 255 bytes.");
    }

    private static void CheckTimeout(string key, TimeSpan value, ICollection<string> failures)
    {
        if (value <= TimeSpan.Zero || value > LongestTimeout) failures.Add($"{key} is {value} but must be more than 00:00:00 and at most {LongestTimeout}.");
    }

    private static void CheckRange(string key, int value, int least, int most, ICollection<string> failures)
    {
        if (value < least || value > most) failures.Add($"Limits:{key} is {value} but must be {(most == int.MaxValue ? $"at least {least}" : $"from {least} to {most}")}.");
    }

    private static void CheckCompression(string? name, ICollection<string> failures)
    {
        if (name is null or "none") return;
        try
        {
            BodyCompression.ContentTypeOf(name);
        }
        catch (TaskQueueConfigurationException error)
        {
            failures.Add($"Compression is '{name}': {error.Reason}");
        }
    }

    private static void CheckQueue(string name, QueueDefinition queue, ICollection<string> failures)
    {
        CheckName($"Queues:{name}", queue.Name, failures);
        if (queue.Name != name) failures.Add($"Queues:{name} declares a queue of another name, '{queue.Name}'.");
        if (queue.ExchangeType is not ("direct" or "topic" or "fanout")) failures.Add($"Queues:{name}:ExchangeType is '{queue.ExchangeType}' but must be direct, topic or fanout.");
        QueueArgumentCheck.Check($"Queues:{name}", queue.Arguments, failures);
    }

    private static void CheckPolicy(string key, Tasks.TaskPolicy policy, ICollection<string> failures)
    {
        if (policy.Queue is not null) CheckName($"{key}:Queue", policy.Queue, failures);
        if (policy.Priority is < 0 or > 255) failures.Add($"{key}:Priority is {policy.Priority} but must be from 0 to 255.");
        if (policy.Expires <= TimeSpan.Zero) failures.Add($"{key}:Expires is {policy.Expires} but must be positive.");
        if (policy.TimeLimit <= TimeSpan.Zero) failures.Add($"{key}:TimeLimit is {policy.TimeLimit} but must be positive.");
        if (policy.SoftTimeLimit <= TimeSpan.Zero) failures.Add($"{key}:SoftTimeLimit is {policy.SoftTimeLimit} but must be positive.");
        if (policy.MaxRetries < RetryRule.Unlimited) failures.Add($"{key}:MaxRetries is {policy.MaxRetries} but must be 0 or more, or -1 for any number.");
        if (policy.RetryDelay < TimeSpan.Zero) failures.Add($"{key}:RetryDelay is {policy.RetryDelay} but must not be negative.");
        if (policy.RetryBackoffMax <= TimeSpan.Zero) failures.Add($"{key}:RetryBackoffMax is {policy.RetryBackoffMax} but must be positive.");
        if (policy.RetryDelay > policy.RetryBackoffMax) failures.Add($"{key}:RetryDelay is {policy.RetryDelay} but must not be greater than RetryBackoffMax, {policy.RetryBackoffMax}.");
        if (policy.MaxDeliveries < 0) failures.Add($"{key}:MaxDeliveries is {policy.MaxDeliveries} but must be 1 or more, or 0 for any number.");
        if (policy.SoftTimeLimit > policy.TimeLimit) failures.Add($"{key}:SoftTimeLimit is {policy.SoftTimeLimit} but must not be greater than TimeLimit, {policy.TimeLimit}.");
    }

    private static void CheckTarget(RouteRule rule, ICollection<string> failures)
    {
        if (rule.Target is not { } target) return;
        var key = $"Routes ({rule.Description})";
        if (target is { Queue: null, Exchange: null, RoutingKey: null, Priority: null }) failures.Add($"{key} names neither queue, exchange, routing key nor priority.");
        if (target.Queue is not null) CheckName($"{key}:Queue", target.Queue, failures);
        if (target is { Queue: not null, Exchange: not null }) failures.Add($"{key} names both a queue and an exchange but must name one of them.");
        if (target is { Exchange: not null, RoutingKey: null }) failures.Add($"{key} names an exchange without RoutingKey.");
        if (target.Priority is < 0 or > 255) failures.Add($"{key}:Priority is {target.Priority} but must be from 0 to 255.");
    }
}
