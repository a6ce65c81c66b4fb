namespace CeleryNet.Chaos.Tests.Load;

/// <summary>What became of one publish.</summary>
/// <param name="Key">Which task.</param>
/// <param name="Start">When it began.</param>
/// <param name="End">When it returned or threw.</param>
/// <param name="Error">What it threw; <c>null</c> when the broker took it.</param>
public sealed record Publish(string Key, DateTimeOffset Start, DateTimeOffset End, Exception? Error)
{
    /// <summary>The task, once it was taken.</summary>
    public TaskHandle<string>? Handle { get; init; }

    /// <summary>True: the broker confirmed it.</summary>
    public bool IsAcked => Error is null;

    /// <summary>True: nobody knows.</summary>
    public bool IsIndeterminate => Error is PublishException { MayHaveBeenTaken: true };

    /// <summary>True: it was certainly not taken, and a typed error says so.</summary>
    public bool IsRefused => Error is PublishException { MayHaveBeenTaken: false } or MessageFormatException;

    /// <summary>True: it ignores its result.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>How long the caller waited.</summary>
    public TimeSpan Latency => End - Start;
}
