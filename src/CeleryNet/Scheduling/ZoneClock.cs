namespace CeleryNet.Scheduling;

/// <summary>Where the clocks of a zone jump. The framework tells what a moment is called in a zone; this finds the moments at which that changes.</summary>
internal sealed class ZoneClock(TimeZoneInfo zone)
{
    // Clocks do not jump there and back within it.
    private static readonly TimeSpan Step = TimeSpan.FromHours(6);

    /// <summary>How far the clocks are ahead of UTC.</summary>
    internal TimeSpan OffsetAt(DateTime utc) => zone.GetUtcOffset(utc);

    /// <summary>The first jump after a moment; <c>null</c> when there is none up to <paramref name="until"/>.</summary>
    internal DateTime? JumpAfter(DateTime utc, DateTime until)
    {
        var offset = OffsetAt(utc);
        while (utc < until)
        {
            var next = until - utc > Step ? utc + Step : until;
            if (OffsetAt(next) != offset) return Find(utc, next);
            utc = next;
        }

        return null;
    }

    // To the second: no zone jumps between two.
    private DateTime Find(DateTime before, DateTime after)
    {
        var offset = OffsetAt(before);
        while (after - before > TimeSpan.FromSeconds(1))
        {
            var middle = new DateTime((before.Ticks + ((after.Ticks - before.Ticks) / 2)) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, DateTimeKind.Utc);
            if (middle <= before) break;
            if (OffsetAt(middle) == offset) before = middle;
            else after = middle;
        }

        return after;
    }
}
