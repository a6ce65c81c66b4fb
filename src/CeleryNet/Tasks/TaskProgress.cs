using CeleryNet.Serialization;

namespace CeleryNet.Tasks;

/// <summary>The <see cref="IProgress{T}"/> of a run: each value is stored with the state PROGRESS.</summary>
internal sealed class TaskProgress<T>(TaskContext context, WireConverter<T> converter) : IProgress<T>
{
    // Not awaited: a report is kept and stored beside the run, and the end of the run waits for it.
    public void Report(T value) => _ = context.Reporting?.OpenReporter(null)?.ReportAsync(null, value, converter);
}
