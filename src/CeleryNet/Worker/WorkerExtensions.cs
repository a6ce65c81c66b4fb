namespace CeleryNet.Worker;

/// <summary>What the host's own code adds to the worker.</summary>
/// <param name="Filters">Filters, the outermost first.</param>
/// <param name="Events">Listeners, in the order in which they are told.</param>
internal sealed record WorkerExtensions(IReadOnlyList<TaskFilterRegistration> Filters, IReadOnlyList<IWorkerEvents> Events)
{
    internal static readonly WorkerExtensions None = new([], []);
}
