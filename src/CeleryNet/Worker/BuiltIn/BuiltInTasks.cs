using CeleryNet.Results;
using CeleryNet.Tasks;
using CeleryNet.Worker.FollowUps;

namespace CeleryNet.Worker.BuiltIn;

/// <summary>The tasks that every worker of Celery has, since producers name them. Celery protocol, built-in tasks.</summary>
internal static class BuiltInTasks
{
    /// <summary>Their handlers.</summary>
    /// <param name="handlers">The tasks that <c>celery.map</c> and its like may call.</param>
    /// <param name="results">Where the members of a chord are found that somebody polls.</param>
    /// <param name="followUps">Sends what they send; <c>null</c> where the worker sends nothing.</param>
    internal static IEnumerable<TaskHandler> All(TaskHandlerTable handlers, IResultBackend results, FollowUpRunner? followUps)
    {
        yield return new MapTask("celery.map", handlers, isStarred: false);
        yield return new MapTask("celery.starmap", handlers, isStarred: true);
        yield return new AccumulateTask();
        yield return new CleanupTask();
        yield return new ChainTask();
        if (followUps is null) yield break;
        yield return new CanvasTask("celery.group", BuiltInCanvas.Group, followUps);
        yield return new CanvasTask("celery.chord", BuiltInCanvas.Chord, followUps);
        yield return new CanvasTask("celery.chunks", BuiltInCanvas.Chunks, followUps);
        yield return new ChordUnlockTask(results, followUps);
    }
}
