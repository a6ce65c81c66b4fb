namespace CeleryNet;

/// <summary>The rest of a run: the filters after the caller, then the task.</summary>
/// <returns>The outcome that the task returned; <see cref="TaskOutcome.Success"/> where it returned otherwise.</returns>
public delegate ValueTask<TaskOutcome> TaskRunDelegate();
