namespace CeleryNet.Chaos.Tests.Load;

/// <summary>What a steady load consists of.</summary>
public sealed record LoadShape
{
    /// <summary>Tasks in a second.</summary>
    public int PerSecond { get; init; } = 45;

    /// <summary>How long most tasks take.</summary>
    public int Milliseconds { get; init; } = 20;

    /// <summary>Every so many, a task takes <see cref="LongMilliseconds"/>, so that a fault hits running work; 0 for none.</summary>
    public int LongEvery { get; init; } = 10;

    /// <summary>How long these take.</summary>
    public int LongMilliseconds { get; init; } = 1000;

    /// <summary>Every so many, a task ignores its result; 0 for none.</summary>
    public int QuietEvery { get; init; }

    /// <summary>How many are sent at least.</summary>
    public int AtLeast { get; init; } = 1000;

    /// <summary>How long task number <paramref name="index"/> takes.</summary>
    public int DurationOf(int index) => LongEvery > 0 && index % LongEvery == LongEvery / 2 ? LongMilliseconds : Milliseconds;

    /// <summary>Whether task number <paramref name="index"/> ignores its result.</summary>
    public bool IsQuiet(int index) => QuietEvery > 0 && index % QuietEvery == 0;
}
