namespace CeleryNet.Worker.Limits;

/// <summary>
/// Spreads moments evenly, so that those who have to come again do not come together. Whoever would come later than the longest time begins in front again. Not thread-safe.
/// </summary>
/// <param name="longest">How far apart the first and the last may be.</param>
internal sealed class Spread(TimeSpan longest)
{
    private TimeSpan _last = TimeSpan.MinValue;

    /// <summary>The next moment.</summary>
    /// <param name="from">The earliest one.</param>
    /// <param name="spacing">The time from one to the next.</param>
    internal TimeSpan Next(TimeSpan from, TimeSpan spacing) => _last = _last < from || _last - from > longest - spacing ? from : _last + spacing;
}
