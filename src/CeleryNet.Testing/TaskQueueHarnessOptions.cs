namespace CeleryNet.Testing;

/// <summary>How a <see cref="TaskQueueHarness"/> begins and when it gives up.</summary>
public sealed class TaskQueueHarnessOptions
{
    /// <summary>Where the clock stands at first.</summary>
    /// <value>Default <see cref="VirtualTime.DefaultStart"/>, the same in every run.</value>
    public DateTimeOffset StartTime { get; set; } = VirtualTime.DefaultStart;

    /// <summary>
    /// How long, in real time, the harness waits for work to end before it fails and says what is open: for tasks that never end. Nothing ever waits for this time to pass otherwise.
    /// </summary>
    /// <value>Default 30 seconds. More than zero.</value>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(30);
}
