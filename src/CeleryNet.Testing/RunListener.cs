namespace CeleryNet.Testing;

/// <summary>Counts runs from their begin to their end, and keeps how they ended. Thread-safe.</summary>
internal sealed class RunListener(OpenWork work) : IWorkerEvents
{
    private readonly List<TaskRun> _runs = [];

    internal IReadOnlyList<TaskRun> All
    {
        get
        {
            lock (_runs) return [.. _runs];
        }
    }

    public ValueTask TaskPrerunAsync(TaskRunNotice run, CancellationToken cancellationToken)
    {
        work.RunBegins(run.Context);
        return default;
    }

    public ValueTask TaskPostrunAsync(TaskRunNotice run, CancellationToken cancellationToken)
    {
        lock (_runs) _runs.Add(new TaskRun(run.Context.Id, run.Context.Name, run.Context.Retries, run.State, run.Exception));
        work.RunEnds(run.Context, run.IsRepublished);
        return default;
    }
}
