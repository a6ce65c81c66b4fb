namespace CeleryNet;

/// <summary>The rest of sending a task: the filters after the caller, then the broker.</summary>
/// <returns>The task that was sent.</returns>
public delegate Task<TaskHandle> TaskSendDelegate();
