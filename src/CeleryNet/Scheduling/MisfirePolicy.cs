namespace CeleryNet;

/// <summary>What happens to the moments that were missed while no beat ran, or the broker was away.</summary>
public enum MisfirePolicy
{
    /// <summary>However many were missed, the task is sent once, for the last of them. As Celery does.</summary>
    RunOnce,

    /// <summary>What was missed by more than <see cref="BeatOptions.MisfireThreshold"/> is left out: rather never than too late. The death of a beat alone loses nothing while that is longer than the take-over.</summary>
    Skip,

    /// <summary>The task is sent for each, the oldest first, but for the last <see cref="BeatEntry.CatchUpLimit"/> at most. With an interval that counts from the run before there is only one.</summary>
    CatchUp,
}
