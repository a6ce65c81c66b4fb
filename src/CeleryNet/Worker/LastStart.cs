namespace CeleryNet.Worker;

/// <summary>The last start that a task is given: known to the broker, and alone in its worker.</summary>
internal sealed class LastStart(LoneTurn turn, StartMarks marks, TaskRequest request, int starts)
{
    /// <summary>
    /// Takes the mark back, since the process outlived the run, and lets others start. In this order, and before the message is settled: the process may die of the next task while the
    /// settlement is on its way, and this one must not be given up for that.
    /// </summary>
    internal async ValueTask EndAsync(Verdict verdict, CancellationToken stopping)
    {
        using (turn)
        {
            if (!verdict.CountsAsStart) await marks.ClearAsync(request, starts, stopping).ConfigureAwait(false);
        }
    }

    /// <summary>Lets others start without an end of the run.</summary>
    internal void Abandon() => turn.Dispose();
}
