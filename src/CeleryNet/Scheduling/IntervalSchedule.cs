using System.Globalization;

namespace CeleryNet.Scheduling;

/// <summary>Due again and again after the same time.</summary>
internal sealed class IntervalSchedule : ISchedule
{
    private readonly TimeSpan _interval;
    private readonly DateTimeOffset? _anchor;

    internal IntervalSchedule(TimeSpan interval, DateTimeOffset? anchor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, Schedule.ShortestInterval);
        (_interval, _anchor) = (interval, anchor?.ToUniversalTime());
    }

    internal TimeSpan Length => _interval;

    /// <summary>One of its moments; <c>null</c> when it counts from the run before.</summary>
    internal DateTimeOffset? Anchor => _anchor;

    public DateTimeOffset? NextAfter(DateTimeOffset moment)
    {
        moment = moment.ToUniversalTime();
        var wait = _anchor is { } anchor ? _interval - Since(anchor, moment) : _interval;
        return wait <= DateTimeOffset.MaxValue - moment ? moment + wait : null;
    }

    public override string ToString() =>
        _anchor is { } anchor ? $"every {_interval:c} from {anchor.ToString("O", CultureInfo.InvariantCulture)}" : $"every {_interval:c}";

    // How long ago the last multiple was, also where that is before the anchor.
    private TimeSpan Since(DateTimeOffset anchor, DateTimeOffset moment)
    {
        var passed = (moment - anchor).Ticks % _interval.Ticks;
        return TimeSpan.FromTicks(passed < 0 ? passed + _interval.Ticks : passed);
    }
}
