using CeleryNet.Results;

namespace CeleryNet.Contracts;

public abstract partial class WorkerLimitContract
{
    [SkippableFact]
    public async Task Unique_WhileOneIsUnderWay_ReturnsItsHandle()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var host = await StartAsync(DelegateHandler.Returning("unique", context => WaitAsync(context, release.Task), conditions: Unique()));

        var first = await host.Client.EnqueueByNameAsync<string>("unique", ["a"]);
        var second = await host.Client.EnqueueByNameAsync<string>("unique", ["a"]);
        var other = await host.Client.EnqueueByNameAsync<string>("unique", ["b"]);
        release.SetResult();

        (first.IsDuplicate, second.IsDuplicate, other.IsDuplicate).Should().Be((false, true, false));
        second.Id.Should().Be(first.Id);
        (await second.GetAsync(Deadline.Usual)).Should().Be("run 1");
        (await other.GetAsync(Deadline.Usual)).Should().Be("run 1");
        RunsOf(first).Should().Be(1);
    }

    [SkippableTheory]
    [InlineData("succeeds")]
    [InlineData("fails")]
    [InlineData("rejects")]
    [InlineData("expires")]
    [InlineData("is revoked")]
    public async Task Unique_WhenItsTaskHasEnded_AdmitsTheNext(string how)
    {
        var task = DelegateHandler.Ending(
            "unique",
            context => how switch
            {
                "fails" => throw new InvalidOperationException("as asked"),
                "rejects" => TaskOutcome.Reject(),
                _ => TaskOutcome.Success,
            },
            conditions: Unique());
        var host = await StartAsync(task);

        var first = await host.Client.EnqueueByNameAsync("unique", ["a"], configure: o =>
        {
            if (how is "expires" or "is revoked") o.Countdown = TimeSpan.FromSeconds(3);
            if (how == "expires") o.Expires = TimeSpan.FromSeconds(1);
        });
        if (how == "is revoked") await first.RevokeAsync();

        await Eventually.IsTrueAsync(async () => !(await host.Client.EnqueueByNameAsync("unique", ["a"])).IsDuplicate);
    }

    [SkippableFact]
    public async Task Unique_WhileItsTaskIsRetried_KeepsTheKey()
    {
        var task = DelegateHandler.Returning(
            "unique",
            context => Note(context) < 2 ? throw context.Retry(TimeSpan.FromSeconds(2)) : Task.FromResult("ran"),
            conditions: Unique());
        var host = await StartAsync(task);
        var first = await host.Client.EnqueueByNameAsync<string>("unique", ["a"]);
        await Eventually.IsTrueAsync(async () => await first.GetStateAsync() == TaskStates.Retry);

        var second = await host.Client.EnqueueByNameAsync<string>("unique", ["a"]);

        (second.Id, second.IsDuplicate).Should().Be((first.Id, true));
        (await second.GetAsync(Deadline.Usual)).Should().Be("ran");
        RunsOf(first).Should().Be(2);
    }

    [SkippableFact]
    public async Task Unique_ThatDrops_SendsNothingAndSaysSo()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var host = await StartAsync(DelegateHandler.Returning("unique", context => WaitAsync(context, release.Task), conditions: Unique(DuplicatePolicy.Drop)));
        var first = await host.Client.EnqueueByNameAsync<string>("unique", ["a"]);

        var second = await host.Client.EnqueueByNameAsync<string>("unique", ["a"]);
        release.SetResult();

        second.IsDuplicate.Should().BeTrue();
        second.Id.Should().NotBe(first.Id);
        (await second.Invoking(handle => handle.GetAsync(Deadline.Usual)).Should().ThrowAsync<TaskQueueException>()).Which.Code.Should().Be("CN1020");
        (await first.GetAsync(Deadline.Usual)).Should().Be("run 1");
    }

    [SkippableFact]
    public async Task Unique_ThatReplaces_RevokesTheOneBefore()
    {
        var host = await StartAsync(DelegateHandler.Returning("unique", context => Task.FromResult($"run {Note(context)}"), conditions: Unique(DuplicatePolicy.Replace)));
        var first = await host.Client.EnqueueByNameAsync<string>("unique", ["a"], configure: o => o.Countdown = TimeSpan.FromSeconds(4));

        var second = await host.Client.EnqueueByNameAsync<string>("unique", ["a"], configure: o => o.Countdown = TimeSpan.FromSeconds(1));

        (await first.WaitAsync(Deadline.Usual)).State.Should().Be(TaskStates.Revoked);
        (await second.GetAsync(Deadline.Usual)).Should().Be("run 1");
        (second.IsDuplicate, RunsOf(first)).Should().Be((false, 0));
    }

    [SkippableFact]
    public async Task Unique_UntilStarted_LetsOneWaitBesideTheOneThatRuns()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var task = DelegateHandler.Returning(
            "unique",
            context =>
            {
                running.TrySetResult();
                return WaitAsync(context, release.Task);
            },
            conditions: Unique(until: UniqueUntil.Started));
        var host = await StartAsync(worker => worker.Concurrency = 1, task);
        var first = await host.Client.EnqueueByNameAsync<string>("unique", ["a"]);
        await running.Task.Within();

        TaskHandle<string>? second = null;
        await Eventually.IsTrueAsync(async () => !(second = await host.Client.EnqueueByNameAsync<string>("unique", ["a"])).IsDuplicate); // the key is freed beside the run
        var third = await host.Client.EnqueueByNameAsync<string>("unique", ["a"]);
        release.SetResult();

        (third.Id, third.IsDuplicate).Should().Be((second!.Id, true));
        foreach (var handle in new[] { first, second }) (await handle.GetAsync(Deadline.Usual)).Should().Be("run 1");
    }

    [SkippableFact]
    public async Task Unique_UntilExpired_KeepsTheKeyBehindTheEnd()
    {
        var host = await StartAsync(DelegateHandler.Returning("unique", context => Task.FromResult($"run {Note(context)}"), conditions: Unique(until: UniqueUntil.Expired, keep: TimeSpan.FromSeconds(2))));
        var first = await host.Client.EnqueueByNameAsync<string>("unique", ["a"]);
        await first.GetAsync(Deadline.Usual);

        var second = await host.Client.EnqueueByNameAsync<string>("unique", ["a"]);

        (second.Id, second.IsDuplicate).Should().Be((first.Id, true));
        await Eventually.IsTrueAsync(async () => !(await host.Client.EnqueueByNameAsync("unique", ["a"])).IsDuplicate);
    }

    [SkippableFact]
    public async Task Unique_SentTogether_AdmitsOneOfEach()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var task = DelegateHandler.Returning("unique", context => WaitAsync(context, release.Task), conditions: Unique());
        var host = await StartAsync(task, DelegateHandler.Returning("plain", context => Task.FromResult($"run {Note(context)}")));

        var handles = await host.Client.EnqueueManyAsync(
            new[] { ("unique", "a"), ("unique", "b"), ("plain", "a"), ("unique", "a"), ("plain", "a"), ("unique", "b") }
                .Select(call => new Signature(call.Item1 == "plain" ? new Tasks.TaskDefinition("plain") : task.Definition, new OneArgument(call.Item2))));
        release.SetResult();

        handles.Select(handle => handle.IsDuplicate).Should().Equal(false, false, false, true, false, true);
        (handles[3].Id, handles[5].Id).Should().Be((handles[0].Id, handles[1].Id));
        foreach (var handle in handles) await handle.GetAsync(Deadline.Usual);
        handles.Select(RunsOf).Should().OnlyContain(runs => runs == 1);
    }

    [SkippableFact]
    public async Task Unique_ThatCouldNotBeSent_FreesTheKey()
    {
        var host = await StartAsync(DelegateHandler.Returning("unique", context => Task.FromResult($"run {Note(context)}"), conditions: Unique(keep: TimeSpan.FromMinutes(10))));

        await host.Client.Invoking(client => client.EnqueueByNameAsync("unique", ["a"], configure: o => (o.Exchange, o.RoutingKey) = ($"no-{Queue}", "nowhere")))
            .Should().ThrowAsync<PublishException>();

        var handle = await host.Client.EnqueueByNameAsync<string>("unique", ["a"]);
        (handle.IsDuplicate, await handle.GetAsync(Deadline.Usual)).Should().Be((false, "run 1"));
    }

    private async Task<string> WaitAsync(TaskContext context, Task released)
    {
        await released;
        return $"run {Note(context)}";
    }

    private sealed class OneArgument(string value) : Tasks.TaskArguments
    {
        public override void WritePositional(Serialization.ArgumentWriter writer) => writer.Positional(value, Serialization.WireConverters.String);
    }
}
