namespace CeleryNet.SourceGenerator.Tests.Running;

/// <summary>Tasks that end with an outcome, in every form.</summary>
public static class OutcomeTasks
{
    [Task("outcomes.plain")]
    public static TaskOutcome Plain(bool snoozes) => snoozes ? TaskOutcome.Snooze(TimeSpan.FromSeconds(1)) : TaskOutcome.Success;

    [Task("outcomes.value")]
    public static TaskOutcome<int> Value(int x) => x < 0 ? TaskOutcome.Cancel("negative") : x * 2;

    [Task("outcomes.task")]
    public static async Task<TaskOutcome> WaitAsync()
    {
        await Task.Yield();
        return TaskOutcome.Reject(requeue: true);
    }

    [Task("outcomes.valuetask_of")]
    public static async ValueTask<TaskOutcome<IReadOnlyList<string>>> ListAsync(string text)
    {
        await Task.Yield();
        return new TaskOutcome<IReadOnlyList<string>>([text]);
    }

    [Task("outcomes.retry", MaxRetries = 5, RetryDelay = "00:00:10", RetryBackoff = true, RetryBackoffMax = "01:00:00", RetryJitter = false, RetryFor = [typeof(IOException), typeof(TimeoutException)],
        NoRetryFor = [typeof(FileNotFoundException)], MaxDeliveries = 2, RejectOnWorkerLost = false, DeadLetterFailures = true, StoreErrors = true)]
    public static int Retrying(int x) => x;
}
