using CeleryNet.Diagnostics;
using CeleryNet.Scheduling;
using Microsoft.Extensions.Configuration;

namespace CeleryNet.Hosting;

/// <summary>The beat's options, made once: configuration section <c>TaskQueue:Beat</c> first, then code, then checked. What attributes of tasks say is the weakest.</summary>
internal sealed class BeatSettings : IStartupCheck
{
    private readonly List<string> _failures = [];

    private readonly Dictionary<string, BeatEntry> _ofAttributes = [];

    public BeatSettings(IEnumerable<BeatOptionsChange> changes, IConfiguration? configuration = null, IEnumerable<PeriodicTaskSet>? periodic = null)
    {
        foreach (var task in (periodic ?? []).SelectMany(static set => set.Tasks)) Take(task);
        const string Path = TaskQueueConfiguration.Section + ":" + TaskQueueConfiguration.Beat;
        if (configuration?.GetSection(Path) is { } section) Read(new ConfigurationReader(section, Path, _failures));
        foreach (var change in changes) change.Apply(Options);
        Options.Entries.AddRange(_ofAttributes.Values.ExceptBy(Options.Entries.Select(static entry => entry.Name), static entry => entry.Name).ToList());
        _failures.AddRange(Options.Validate());
    }

    internal BeatOptions Options { get; } = new();

    /// <inheritdoc/>
    public void Check(ICollection<string> failures)
    {
        foreach (var failure in _failures) failures.Add(failure);
    }

    private void Take(PeriodicTask task)
    {
        try
        {
            var entry = task.ToEntry();
            if (!_ofAttributes.TryAdd(entry.Name, entry))
                _failures.Add($"[Periodic] of task '{Printable.Limit(task.Task.Name)}': there is another entry '{Printable.Limit(entry.Name)}'; give one of them a Name of its own.");
        }
        catch (TaskQueueConfigurationException error)
        {
            _failures.Add($"[Periodic] of task '{Printable.Limit(task.Task.Name)}': {error.Reason}");
        }
    }

    private void Read(ConfigurationReader reader)
    {
        Options.Name = reader.Text(nameof(Options.Name)) ?? Options.Name;
        Options.LeaseDuration = reader.Duration(nameof(Options.LeaseDuration)) ?? Options.LeaseDuration;
        Options.MisfireThreshold = reader.Duration(nameof(Options.MisfireThreshold)) ?? Options.MisfireThreshold;
        Options.ChangeInterval = reader.Duration(nameof(Options.ChangeInterval)) ?? Options.ChangeInterval;
        Options.StateFile = reader.Text(nameof(Options.StateFile)) ?? Options.StateFile;
        foreach (var (name, entry) in reader.Sections("Entries"))
        {
            if (BeatEntryConfiguration.Read(name, entry, _ofAttributes.GetValueOrDefault(name)) is { } read) Options.Add(read);
        }

        reader.RejectOthers();
    }
}
