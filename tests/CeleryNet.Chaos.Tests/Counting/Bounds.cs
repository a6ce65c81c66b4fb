namespace CeleryNet.Chaos.Tests.Counting;

/// <summary>The numbers that a row must keep. What every row demands is the default.</summary>
public sealed record Bounds
{
    /// <summary>How much more memory a worker may hold afterwards.</summary>
    public const long GrowthBytes = 30 * 1024 * 1024;

    /// <summary>How many tasks may have begun twice because the broker delivered them again.</summary>
    public required int Duplicates { get; init; }

    /// <summary>How long it may take until the first task ends after the fault.</summary>
    public TimeSpan Recovered { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a publish may take.</summary>
    public TimeSpan Publish { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>False where the broker may lose its mark that it delivered a message before: a RabbitMQ that was killed.</summary>
    public bool FlagsAreSure { get; init; } = true;
}
