namespace CeleryNet.Sql.Pickling;

/// <summary>How much of a stranger's pickle is read. What is larger is refused before it costs memory.</summary>
internal sealed record PickleLimits
{
    internal static PickleLimits Default { get; } = new();

    /// <summary>The longest pickle, in bytes.</summary>
    internal int MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The most values it may hold. A value of one byte takes some 60 here.</summary>
    internal int MaxValues { get; init; } = 4_000_000;

    /// <summary>The deepest nesting.</summary>
    internal int MaxDepth { get; init; } = 128;

    /// <summary>The longest whole number, in bytes: 4 300 digits, the most that Python itself turns into text.</summary>
    internal int MaxIntegerBytes { get; init; } = 1786;

    /// <summary>The longest JSON made of it, in bytes: what is referred to many times in a pickle is written many times there.</summary>
    internal int MaxJsonBytes { get; init; } = 128 * 1024 * 1024;
}
