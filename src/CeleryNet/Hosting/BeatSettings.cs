using Microsoft.Extensions.Configuration;

namespace CeleryNet.Hosting;

/// <summary>The beat's options, made once: configuration section <c>TaskQueue:Beat</c> first, then code, then checked.</summary>
internal sealed class BeatSettings : IStartupCheck
{
    private readonly List<string> _failures = [];

    public BeatSettings(IEnumerable<BeatOptionsChange> changes, IConfiguration? configuration = null)
    {
        const string Path = TaskQueueConfiguration.Section + ":" + TaskQueueConfiguration.Beat;
        if (configuration?.GetSection(Path) is { } section) Read(new ConfigurationReader(section, Path, _failures));
        foreach (var change in changes) change.Apply(Options);
        _failures.AddRange(Options.Validate());
    }

    internal BeatOptions Options { get; } = new();

    /// <inheritdoc/>
    public void Check(ICollection<string> failures)
    {
        foreach (var failure in _failures) failures.Add(failure);
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
            if (BeatEntryConfiguration.Read(name, entry) is { } read) Options.Add(read);
        }

        reader.RejectOthers();
    }
}
