using CeleryNet.Brokers;
using CeleryNet.Client;
using CeleryNet.Diagnostics;
using CeleryNet.Serialization;
using CeleryNet.Serialization.Converters;
using Microsoft.Extensions.Configuration;

namespace CeleryNet.Hosting;

/// <summary>The options of the host, made once: configuration first, then code, then checked. Every other service of the core takes its part from here.</summary>
internal sealed class TaskQueueSettings
{
    private readonly TaskQueueOptions _options = new();
    private readonly List<string> _failures = [];

    public TaskQueueSettings(IEnumerable<TaskQueueOptionsChange> changes, IConfiguration? configuration = null)
    {
        if (configuration?.GetSection(TaskQueueConfiguration.Section) is { } section)
            TaskQueueConfiguration.Read(new ConfigurationReader(section, TaskQueueConfiguration.Section, _failures), _options);

        var fromConfiguration = _options.Routes.TakeAll(); // routes of code go first
        foreach (var change in changes) change.Apply(_options);
        _options.Routes.AddAll(fromConfiguration);
        TaskQueueValidation.Check(_options, _failures);
    }

    /// <summary>What is wrong, one sentence each.</summary>
    internal IReadOnlyList<string> Failures => _failures;

    /// <summary>The options.</summary>
    /// <exception cref="TaskQueueConfigurationException">They are not valid.</exception>
    internal TaskQueueOptions Options => _failures.Count == 0 ? _options : throw Error(_failures);

    internal static TaskQueueConfigurationException Error(IReadOnlyCollection<string> failures, Exception? cause = null) => new(
        ErrorCodes.InvalidConfiguration,
        failures.Count == 1
            ? $"The task queue is not configured correctly. {failures.First()}"
            : $"The task queue is not configured correctly:{string.Concat(failures.Select(failure => $"{Environment.NewLine}- {failure}"))}{Environment.NewLine}",
        cause);

    internal WireOptions ToWireOptions() => new()
    {
        JsonTypes = Options.JsonContexts switch
        {
            [] => null,
            [var only] => only,
            var several => new JsonContexts([.. several]),
        },
        WriteTypedValues = Options.WriteTypedValues,
        MaxBodyBytes = Options.Limits.MaxBodyBytes,
        MaxDecompressedBytes = Options.Limits.MaxDecompressedBytes,
        MaxCompressionRatio = Options.Limits.MaxCompressionRatio,
        MaxDepth = Options.Limits.MaxDepth,
        MaxHeaderBytes = Options.Limits.MaxHeaderBytes,
    };

    internal BrokerSettings ToBrokerSettings() => new() { PublishTimeout = Options.PublishTimeout, ConnectTimeout = Options.ConnectTimeout };

    internal ClientSettings ToClientSettings() => new()
    {
        DefaultQueue = Options.DefaultQueue,
        Compression = Options.Compression,
        Routes = [.. Options.Routes.Rules],
        Tasks = new Dictionary<string, Tasks.TaskPolicy>(Options.Tasks),
    };
}
