namespace CeleryNet.Testing;

/// <summary>A run of a task that has ended.</summary>
/// <param name="TaskId">Id of the task.</param>
/// <param name="Name">Wire name of the task.</param>
/// <param name="Retries">How often it had been retried when it ran.</param>
/// <param name="State">How it ended; see <see cref="TaskRunNotice.State"/>.</param>
/// <param name="Exception">What it threw, the exception itself; <c>null</c> when it threw nothing.</param>
public sealed record TaskRun(string TaskId, string Name, int Retries, string State, Exception? Exception);
