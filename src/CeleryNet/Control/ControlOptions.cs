namespace CeleryNet;

/// <summary>Which workers a request is for, and how long their replies are waited for.</summary>
public sealed record ControlOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Node names such as <c>celery@host</c>. Default: all workers. When all that are named have replied, nobody is waited for any more.</summary>
    public IReadOnlyList<string> Destinations { get; init; } = [];

    /// <summary>Workers whose node name fits a pattern, such as <c>images@*</c>: <c>*</c> any text, <c>?</c> one letter, <c>[ab]</c> one of a set. Not counted when <see cref="Destinations"/> are named.</summary>
    public string? Pattern { get; init; }

    /// <summary>
    /// How long replies are waited for. Default 1 second, as in Celery; more than zero, at most one hour. Without <see cref="Destinations"/> nobody knows how many workers there are, so on RabbitMQ
    /// this is how long every question takes; Redis tells, so that the last reply ends the wait.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    internal static ControlOptions All { get; } = new();

    internal void Check()
    {
        if (Timeout <= TimeSpan.Zero || Timeout > Longest)
            throw new ArgumentOutOfRangeException(nameof(Timeout), Timeout, $"Timeout must be more than 00:00:00 and at most {Longest}.");
        foreach (var node in Destinations) ArgumentException.ThrowIfNullOrEmpty(node, nameof(Destinations));
    }
}
