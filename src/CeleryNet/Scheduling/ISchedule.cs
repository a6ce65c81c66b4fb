namespace CeleryNet;

/// <summary>
/// Says when something is to happen: a <see cref="Crontab"/>, what <see cref="Schedule"/> makes, or a class of your own. An implementation is immutable and answers the same question always
/// alike, so that every node of a fleet comes to the same moments.
/// </summary>
public interface ISchedule
{
    /// <summary>The first moment after <paramref name="moment"/> at which it is due, in UTC; <c>null</c> when it is never due again.</summary>
    /// <param name="moment">Usually the moment it was due last. The answer is strictly later.</param>
    DateTimeOffset? NextAfter(DateTimeOffset moment);
}
