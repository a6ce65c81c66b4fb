using CeleryNet.Worker;
using Microsoft.Extensions.Configuration;

namespace CeleryNet.Hosting;

/// <summary>The worker's options, made once: configuration section <c>TaskQueue:Worker</c> first, then code, then checked.</summary>
internal sealed class WorkerSettings : IStartupCheck
{
    private readonly List<string> _failures = [];

    public WorkerSettings(IEnumerable<WorkerOptionsChange> changes, IConfiguration? configuration = null)
    {
        const string Path = TaskQueueConfiguration.Section + ":" + TaskQueueConfiguration.Worker;
        if (configuration?.GetSection(Path) is { } section) Read(new ConfigurationReader(section, Path, _failures));
        foreach (var change in changes) change.Apply(Options);
        _failures.AddRange(Options.Validate());
    }

    internal WorkerOptions Options { get; } = new();

    /// <inheritdoc/>
    public void Check(ICollection<string> failures)
    {
        foreach (var failure in _failures) failures.Add(failure);
    }

    private void Read(ConfigurationReader reader)
    {
        Options.Concurrency = reader.Integer(nameof(Options.Concurrency), 1, 10_000) ?? Options.Concurrency;
        Options.MinConcurrency = reader.Integer(nameof(Options.MinConcurrency), 1, 10_000) ?? Options.MinConcurrency;
        Options.EnableRemoteControl = reader.Boolean(nameof(Options.EnableRemoteControl)) ?? Options.EnableRemoteControl;
        string[] disabled = [.. reader.Values(nameof(Options.DisabledCommands)).Select(command => command.Value)];
        if (disabled.Length > 0) Options.DisableCommands(disabled);
        Options.MingleTimeout = reader.Duration(nameof(Options.MingleTimeout), allowsZero: true) ?? Options.MingleTimeout;
        Options.Prefetch = reader.Integer(nameof(Options.Prefetch), 1, 65_535) ?? Options.Prefetch;
        Options.MaxHeldTasks = reader.Integer(nameof(Options.MaxHeldTasks), 0, int.MaxValue) ?? Options.MaxHeldTasks;
        Options.MaxHeldBytes = reader.Integer(nameof(Options.MaxHeldBytes), 0, int.MaxValue) ?? Options.MaxHeldBytes;
        Options.MaxUnstoredTasks = reader.Integer(nameof(Options.MaxUnstoredTasks), 0, int.MaxValue) ?? Options.MaxUnstoredTasks;
        Options.MaxUnstoredBytes = reader.Integer(nameof(Options.MaxUnstoredBytes), 0, int.MaxValue) ?? Options.MaxUnstoredBytes;
        Options.HoldWindow = reader.Duration(nameof(Options.HoldWindow)) ?? Options.HoldWindow;
        Options.ShutdownTimeout = reader.Duration(nameof(Options.ShutdownTimeout)) ?? Options.ShutdownTimeout;
        Options.CancelTimeout = reader.Duration(nameof(Options.CancelTimeout)) ?? Options.CancelTimeout;
        Options.ReportInterval = reader.Duration(nameof(Options.ReportInterval)) ?? Options.ReportInterval;
        Options.MaxDeliveries = reader.Integer(nameof(Options.MaxDeliveries), 0, int.MaxValue) ?? Options.MaxDeliveries;
        Options.MaxDeadLetters = reader.Integer(nameof(Options.MaxDeadLetters), 1, int.MaxValue) ?? Options.MaxDeadLetters;
        if (reader.OneOf(nameof(Options.UnknownTasks), nameof(UnknownTaskPolicy.Fail), nameof(UnknownTaskPolicy.GiveBack)) is { } unknown)
            Options.UnknownTasks = Enum.Parse<UnknownTaskPolicy>(unknown, ignoreCase: true);
        Options.UnknownTaskTimeout = reader.Duration(nameof(Options.UnknownTaskTimeout)) ?? Options.UnknownTaskTimeout;
        Options.SendTaskEvents = reader.Boolean(nameof(Options.SendTaskEvents)) ?? Options.SendTaskEvents;
        Options.HeartbeatInterval = reader.Duration(nameof(Options.HeartbeatInterval)) ?? Options.HeartbeatInterval;
        Options.NodeName = reader.Text(nameof(Options.NodeName)) ?? Options.NodeName;
        string[] queues = [.. reader.Values(nameof(Options.Queues)).Select(queue => queue.Value)];
        if (queues.Length > 0) Options.Queues(queues);
        foreach (var (queue, weight) in reader.Integers(nameof(Options.QueueWeights), 1, 1000)) Options.Queue(queue, weight);
        reader.RejectOthers();
    }
}
