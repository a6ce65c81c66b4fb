using CeleryNet.Brokers;
using CeleryNet.Tasks;
using CeleryNet.Worker;

namespace CeleryNet.Hosting;

/// <summary>
/// Fills the options from the configuration section <c>TaskQueue</c>. Its keys are those of the options. <c>Worker</c> and <c>Beat</c> are left to who reads them, with a
/// <see cref="ConfigurationReader"/> of their own.
/// </summary>
internal static class TaskQueueConfiguration
{
    internal const string Section = "TaskQueue";
    internal const string Worker = "Worker";
    internal const string Beat = "Beat";

    internal static void Read(ConfigurationReader reader, TaskQueueOptions options)
    {
        options.Broker = reader.Text(nameof(options.Broker)) ?? options.Broker;
        options.Results = reader.Text(nameof(options.Results)) ?? options.Results;
        options.DefaultQueue = reader.Text(nameof(options.DefaultQueue)) ?? options.DefaultQueue;
        options.PublishTimeout = reader.Duration(nameof(options.PublishTimeout)) ?? options.PublishTimeout;
        options.ConnectTimeout = reader.Duration(nameof(options.ConnectTimeout)) ?? options.ConnectTimeout;
        options.Compression = reader.Text(nameof(options.Compression)) ?? options.Compression;
        options.WriteTypedValues = reader.Boolean(nameof(options.WriteTypedValues)) ?? options.WriteTypedValues;
        options.StoreRevocations = reader.Boolean(nameof(options.StoreRevocations)) ?? options.StoreRevocations;
        options.SendTaskSentEvents = reader.Boolean(nameof(options.SendTaskSentEvents)) ?? options.SendTaskSentEvents;
        ReadLimits(reader.Section(nameof(options.Limits)), options.Limits);
        foreach (var (name, queue) in reader.Sections(nameof(options.Queues))) options.Queues[name] = ReadQueue(name, queue);
        foreach (var (name, task) in reader.Sections(nameof(options.Tasks))) options.Tasks[name] = ReadPolicy(task);
        foreach (var (_, route) in reader.Sections(nameof(options.Routes))) ReadRoute(route, options.Routes);
        reader.Leave(Worker);
        reader.Leave(Beat);
        reader.RejectOthers();
    }

    private static void ReadLimits(ConfigurationReader reader, TaskQueueLimits limits)
    {
        limits.MaxBodyBytes = reader.Integer(nameof(limits.MaxBodyBytes), 1024, int.MaxValue) ?? limits.MaxBodyBytes;
        limits.MaxDecompressedBytes = reader.Integer(nameof(limits.MaxDecompressedBytes), 1024, int.MaxValue) ?? limits.MaxDecompressedBytes;
        limits.MaxCompressionRatio = reader.Integer(nameof(limits.MaxCompressionRatio), 1, int.MaxValue) ?? limits.MaxCompressionRatio;
        limits.MaxDepth = reader.Integer(nameof(limits.MaxDepth), 8, 256) ?? limits.MaxDepth;
        limits.MaxHeaderBytes = reader.Integer(nameof(limits.MaxHeaderBytes), 4096, int.MaxValue) ?? limits.MaxHeaderBytes;
        reader.RejectOthers();
    }

    private static QueueDefinition ReadQueue(string name, ConfigurationReader reader)
    {
        var queue = new QueueDefinition(name);
        queue = queue with
        {
            Exchange = reader.Text(nameof(queue.Exchange)) ?? queue.Exchange,
            ExchangeType = reader.OneOf(nameof(queue.ExchangeType), "direct", "topic", "fanout") ?? queue.ExchangeType,
            RoutingKey = reader.Text(nameof(queue.RoutingKey)) ?? queue.RoutingKey,
            IsDurable = reader.Boolean("Durable") ?? queue.IsDurable,
        };
        if (reader.Integer("MaxPriority", 1, 255) is { } priority) queue = queue.WithMaxPriority((byte)priority);
        if (reader.OneOf("Type", "classic", "quorum") is "quorum") queue = queue.AsQuorum();
        var deadLetterKey = reader.Text("DeadLetterRoutingKey");
        if (reader.Text("DeadLetterExchange") is { } exchange) queue = queue.WithDeadLetter(exchange, deadLetterKey);
        else if (deadLetterKey is not null) reader.Fail("DeadLetterRoutingKey", "is set without DeadLetterExchange");
        foreach (var (argument, value) in reader.Values("Arguments")) queue = queue.WithArgument(argument, ArgumentOf(value));
        reader.RejectOthers();
        return queue;
    }

    // Configuration knows text only; the broker compares arguments by type too.
    private static object ArgumentOf(string text) =>
        long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number
        : bool.TryParse(text, out var flag) ? flag
        : text;

    private static TaskPolicy ReadPolicy(ConfigurationReader reader)
    {
        var policy = new TaskPolicy
        {
            Queue = reader.Text(nameof(TaskPolicy.Queue)),
            Priority = reader.Integer(nameof(TaskPolicy.Priority), 0, 255),
            IgnoreResult = reader.Boolean(nameof(TaskPolicy.IgnoreResult)),
            TrackStarted = reader.Boolean(nameof(TaskPolicy.TrackStarted)),
            AckEarly = reader.Boolean(nameof(TaskPolicy.AckEarly)),
            Expires = reader.Duration(nameof(TaskPolicy.Expires)),
            TimeLimit = reader.Duration(nameof(TaskPolicy.TimeLimit)),
            SoftTimeLimit = reader.Duration(nameof(TaskPolicy.SoftTimeLimit)),
            MaxRetries = reader.Integer(nameof(TaskPolicy.MaxRetries), RetryRule.Unlimited, int.MaxValue),
            RetryDelay = reader.Duration(nameof(TaskPolicy.RetryDelay)),
            RetryBackoff = reader.Boolean(nameof(TaskPolicy.RetryBackoff)),
            RetryBackoffMax = reader.Duration(nameof(TaskPolicy.RetryBackoffMax)),
            RetryJitter = reader.Boolean(nameof(TaskPolicy.RetryJitter)),
            MaxDeliveries = reader.Integer(nameof(TaskPolicy.MaxDeliveries), 0, int.MaxValue),
            RejectOnWorkerLost = reader.Boolean(nameof(TaskPolicy.RejectOnWorkerLost)),
            DeadLetterFailures = reader.Boolean(nameof(TaskPolicy.DeadLetterFailures)),
            StoreErrors = reader.Boolean(nameof(TaskPolicy.StoreErrors)),
            RateLimit = reader.Rate(nameof(TaskPolicy.RateLimit)),
            SkipFinished = reader.Boolean(nameof(TaskPolicy.SkipFinished)),
        };
        reader.RejectOthers();
        return policy;
    }

    private static void ReadRoute(ConfigurationReader reader, TaskRoutes routes)
    {
        var exact = reader.Text(nameof(TaskRoutes.Exact));
        var glob = reader.Text(nameof(TaskRoutes.Glob));
        var regex = reader.Text(nameof(TaskRoutes.Regex));
        var target = new RouteTarget
        {
            Queue = reader.Text(nameof(RouteTarget.Queue)),
            Exchange = reader.Text(nameof(RouteTarget.Exchange)),
            RoutingKey = reader.Text(nameof(RouteTarget.RoutingKey)),
            Priority = reader.Integer(nameof(RouteTarget.Priority), 0, 255),
        };
        reader.RejectOthers();
        if (new[] { exact, glob, regex }.Count(pattern => !string.IsNullOrWhiteSpace(pattern)) != 1)
        {
            reader.Failures.Add($"{reader.Path} must have exactly one of Exact, Glob and Regex.");
            return;
        }

        try
        {
            _ = exact is not null ? routes.Exact(exact, target) : glob is not null ? routes.Glob(glob, target) : routes.Regex(regex!, target); // one of the three, checked above
        }
        catch (ArgumentException error)
        {
            reader.Fail(nameof(TaskRoutes.Regex), $"is not a regular expression: {error.Message}");
        }
    }
}
