using CeleryNet.Tasks;

namespace CeleryNet.SourceGenerator.Tests.Running;

public sealed class OutcomeTests
{
    [Fact]
    public async Task Outcome_OfATaskWithoutResult_IsTakenOver()
    {
        (await TaskRunner.EndOfAsync(OutcomeTasks.PlainTask(true))).Outcome!.Kind.Should().Be(TaskOutcomeKind.Snooze);
        (await TaskRunner.EndOfAsync(OutcomeTasks.PlainTask(false))).Outcome!.Kind.Should().Be(TaskOutcomeKind.Success);
        (await TaskRunner.EndOfAsync(OutcomeTasks.WaitTask())).Outcome!.IsRequeued.Should().BeTrue();
    }

    [Fact]
    public async Task Outcome_OfATaskWithResult_IsTheValueOrTheOutcome()
    {
        Signature<int> call = OutcomeTasks.ValueTask(21);

        (await TaskRunner.RunAsync(call)).Should().Be("42");
        var (outcome, result) = await TaskRunner.EndOfAsync(OutcomeTasks.ValueTask(-1));
        (outcome!.Kind, outcome.Reason, result).Should().Be((TaskOutcomeKind.Cancel, "negative", ""));
    }

    [Fact]
    public async Task Outcome_OfAnAwaitedInterface_IsTheValue()
    {
        Signature<IReadOnlyList<string>> call = OutcomeTasks.ListTask("a");

        (await TaskRunner.RunAsync(call)).Should().Be("""["a"]""");
    }

    [Fact]
    public void Policy_OfRetries_IsInTheDefinition() =>
        OutcomeTasks.RetryingTask(1).Definition.Policy.Should().BeEquivalentTo(new TaskPolicy
        {
            MaxRetries = 5,
            RetryDelay = TimeSpan.FromSeconds(10),
            RetryBackoff = true,
            RetryBackoffMax = TimeSpan.FromHours(1),
            RetryJitter = false,
            RetryFor = [typeof(IOException), typeof(TimeoutException)],
            NoRetryFor = [typeof(FileNotFoundException)],
            MaxDeliveries = 2,
            RejectOnWorkerLost = false,
            DeadLetterFailures = true,
            StoreErrors = true,
        });
}
