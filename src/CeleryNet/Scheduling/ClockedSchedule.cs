using System.Globalization;

namespace CeleryNet.Scheduling;

/// <summary>Due once.</summary>
internal sealed class ClockedSchedule(DateTimeOffset due) : ISchedule
{
    private readonly DateTimeOffset _due = due.ToUniversalTime();

    internal DateTimeOffset Due => _due;

    public DateTimeOffset? NextAfter(DateTimeOffset moment) => moment < _due ? _due : null;

    public override string ToString() => $"at {_due.ToString("O", CultureInfo.InvariantCulture)}";
}
