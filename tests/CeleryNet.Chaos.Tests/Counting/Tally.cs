using CeleryNet.Chaos.Tests.Load;
using CeleryNet.Chaos.Tests.Workers;

namespace CeleryNet.Chaos.Tests.Counting;

/// <summary>
/// The counters of a row, after rabbitmq/jepsen's checker: what the broker acknowledged must end, nothing else may, and what ran twice is counted. A task counts as run when it began, so
/// that one which was killed or cancelled in its middle and began again counts as a duplicate too.
/// </summary>
public sealed class Tally
{
    private readonly IReadOnlyList<Publish> _publishes;
    private readonly IReadOnlyList<Run> _runs;
    private readonly IReadOnlyList<FaultWindow> _faults;
    private readonly HashSet<string> _done;

    /// <summary>Counts.</summary>
    public Tally(IReadOnlyList<Publish> publishes, IReadOnlyList<Run> runs, IReadOnlyList<FaultWindow> faults)
    {
        (_publishes, _runs, _faults) = (publishes, runs, faults);
        _done = [.. runs.Where(run => run.IsEnd).Select(run => run.Key)];
        var again = Again().ToList();
        Duplicates = again.Count;
        Resent = [.. again.Where(run => !run.IsRedelivered).Select(run => run.Key)];
    }

    /// <summary>Publishes.</summary>
    public int Sent => _publishes.Count;

    /// <summary>Publishes that the broker took.</summary>
    public int Acked => _publishes.Count(publish => publish.IsAcked);

    /// <summary>Publishes of which nobody knows.</summary>
    public int Indeterminate => _publishes.Count(publish => publish.IsIndeterminate);

    /// <summary>Publishes that were certainly not taken.</summary>
    public IReadOnlyList<Publish> Refused => [.. _publishes.Where(publish => publish.IsRefused)];

    /// <summary>Publishes that threw something a caller is not told to expect.</summary>
    public IReadOnlyList<Exception> Untyped => [.. _publishes.Where(publish => publish is { IsAcked: false, IsIndeterminate: false, IsRefused: false }).Select(publish => publish.Error!)];

    /// <summary>Tasks that ended at least once.</summary>
    public int Done => _done.Count;

    /// <summary>Tasks that the broker took and that never ended.</summary>
    public IReadOnlyList<string> Lost => [.. _publishes.Where(publish => publish.IsAcked && !_done.Contains(publish.Key)).Select(publish => publish.Key)];

    /// <summary>Tasks that ran although nobody sent them, or although sending them failed for certain.</summary>
    public IReadOnlyList<string> Unexpected =>
        [.. _runs.Select(run => run.Key).Distinct().Except(_publishes.Where(publish => publish.IsAcked || publish.IsIndeterminate).Select(publish => publish.Key))];

    /// <summary>Starts beyond the first of each task.</summary>
    public int Duplicates { get; }

    /// <summary>Those of them that no broker flagged: the publish was sent again since its confirmation never came.</summary>
    public IReadOnlyList<string> Resent { get; }

    /// <summary>Duplicates that the broker delivered again.</summary>
    public int Redelivered => Duplicates - Resent.Count;

    /// <summary>Duplicates that were neither flagged nor under way to the broker during a fault.</summary>
    public IReadOnlyList<string> Unexplained => [.. Resent.Except(_publishes.Where(WasUnderWay).Select(publish => publish.Key))];

    /// <summary>The longest wait for a publish.</summary>
    public TimeSpan LongestPublish => _publishes.Count == 0 ? TimeSpan.Zero : _publishes.Max(publish => publish.Latency);

    /// <summary>The longest time from the end of a fault to the end of the first task that began after it; <c>null</c> when there was none after one of them.</summary>
    public TimeSpan? Recovered => _faults.Select(RecoveryAfter).Aggregate((TimeSpan?)TimeSpan.Zero, static (longest, next) => next is null || longest is null ? null : next > longest ? next : longest);

    /// <summary>The longest time after the last fault without the end of a task while there were some to run.</summary>
    public TimeSpan LongestStall
    {
        get
        {
            var from = _faults.Count == 0 ? DateTimeOffset.MinValue : _faults.Max(fault => fault.End);
            var first = _runs.Where(run => run.IsEnd).GroupBy(run => run.Key).ToDictionary(runs => runs.Key, runs => runs.Min(run => run.Time));
            var longest = TimeSpan.Zero;
            var last = from;
            foreach (var end in _runs.Where(run => run.IsEnd && run.Time > from).Select(run => run.Time))
            {
                // Waiting for a sender is no stall: only since there was something to do.
                var waiting = _publishes.Where(publish => publish.IsAcked && first.TryGetValue(publish.Key, out var done) && done >= end).Select(publish => publish.End).DefaultIfEmpty(end).Min();
                var stall = end - (waiting > last ? waiting : last);
                if (stall > longest) longest = stall;
                last = end;
            }

            return longest;
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"sent={Sent} acked={Acked} indeterminate={Indeterminate} refused={Refused.Count} done={Done} lost={Lost.Count} unexpected={Unexpected.Count} dup={Duplicates} (redelivered {Redelivered}, "
        + $"resent {Resent.Count}) recovered={Text(Recovered)} stall={Text(LongestStall)} publish={Text(LongestPublish)}";

    private static string Text(TimeSpan? time) => time is { } known ? $"{known.TotalSeconds:0.0} s" : "never";

    private TimeSpan? RecoveryAfter(FaultWindow fault)
    {
        var started = _runs.Where(run => !run.IsEnd && run.Time > fault.End).Select(run => run.Name).ToHashSet();
        return _runs.Where(run => run.IsEnd && started.Contains(run.Name)).Select(run => (TimeSpan?)(run.Time - fault.End)).Min();
    }

    private bool WasUnderWay(Publish publish) => _faults.Any(fault => publish.Start <= fault.End && publish.End >= fault.Start);

    private IEnumerable<Run> Again() => _runs.Where(run => !run.IsEnd).GroupBy(run => run.Key).SelectMany(starts => starts.Skip(1));
}
