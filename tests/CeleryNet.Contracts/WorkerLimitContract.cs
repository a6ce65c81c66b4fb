using System.Collections.Concurrent;
using System.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Contracts;

/// <summary>Limits over all workers, and unique tasks, on every pair of broker and results that can keep them. The parts of this class are grouped by what they look at.</summary>
public abstract partial class WorkerLimitContract : WorkerSuite
{
    private readonly ConcurrentDictionary<string, (int Now, int Most)> _running = new();

    /// <summary>The key is the first argument.</summary>
    protected static TaskConditions Limited(params TaskLimit[] limits) => new(KeysOf(limits.Length)) { Limits = limits };

    private static TaskConditions Unique(DuplicatePolicy onDuplicate = DuplicatePolicy.ReturnExisting, UniqueUntil until = UniqueUntil.Finished, TimeSpan? keep = null) =>
        new(KeysOf(1)) { Unique = new UniqueRule { For = keep ?? TimeSpan.FromMinutes(10), OnDuplicate = onDuplicate, Until = until } };

    [SkippableFact]
    public async Task Concurrency_OverTwoWorkers_NeverRunsMoreOfAKeyThanAllowed()
    {
        var task = DelegateHandler.Returning("limited", RunAsync, conditions: Limited(TaskLimit.OfConcurrency(1)));
        var first = await StartAsync(task);
        await StartAsync(task);

        var handles = new List<TaskHandle>();
        for (var i = 0; i < 40; i++) handles.Add(await first.Client.EnqueueByNameAsync("limited", [$"tenant {i % 2}"], configure: o => o.Headers["key"] = $"tenant {i % 2}"));
        foreach (var handle in handles) await handle.GetAsync(TimeSpan.FromSeconds(30));

        handles.Select(RunsOf).Should().OnlyContain(runs => runs == 1);
        _running.Keys.Should().BeEquivalentTo("tenant 0", "tenant 1");
        _running.Values.Should().OnlyContain(tenant => tenant.Most == 1);
    }

    [SkippableFact]
    public async Task Concurrency_OfSeveral_UsesThemAllAndNoMore()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var task = DelegateHandler.Returning(
            "limited",
            async context =>
            {
                Enter("all");
                await gate.Task;
                Leave("all");
                return $"{Note(context)}";
            },
            conditions: Limited(TaskLimit.OfConcurrency(3)));
        var first = await StartAsync(task);
        await StartAsync(task);
        var handles = new List<TaskHandle>();
        for (var i = 0; i < 9; i++) handles.Add(await first.Client.EnqueueByNameAsync("limited", ["all"]));

        await Eventually.IsTrueAsync(() => _running.GetValueOrDefault("all").Now == 3);
        gate.SetResult();
        foreach (var handle in handles) await handle.GetAsync(TimeSpan.FromSeconds(30));

        _running["all"].Most.Should().Be(3);
    }

    [SkippableFact]
    public async Task Concurrency_TasksThatWait_BlockNoOthers()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var task = DelegateHandler.Returning(
            "limited",
            async context =>
            {
                running.TrySetResult();
                await release.Task;
                return $"{Note(context)}";
            },
            conditions: Limited(TaskLimit.OfConcurrency(1)));
        var host = await StartAsync(worker => (worker.Concurrency, worker.Prefetch) = (2, 2), task, DelegateHandler.Returning("free", _ => Task.FromResult("ran")));
        var handles = new List<TaskHandle>();
        for (var i = 0; i < 20; i++) handles.Add(await host.Client.EnqueueByNameAsync("limited", ["one"]));
        await running.Task.Within();

        for (var i = 0; i < 10; i++) await (await host.Client.EnqueueByNameAsync("free")).GetAsync(Deadline.Usual);

        release.SetResult();
        foreach (var handle in handles) await handle.GetAsync(TimeSpan.FromSeconds(30));
        handles.Select(RunsOf).Should().OnlyContain(runs => runs == 1);
    }

    [SkippableTheory]
    [InlineData("fails")]
    [InlineData("retries")]
    [InlineData("snoozes")]
    [InlineData("rejects")]
    [InlineData("gives back")]
    [InlineData("hangs")]
    [InlineData("is revoked")]
    public async Task Concurrency_HoweverARunEnds_GivesItsPermitBack(string how)
    {
        var hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var task = new DelegateHandler(
            "limited",
            async invocation =>
            {
                var context = invocation.Context;
                if (context.Headers.ContainsKey("next"))
                {
                    invocation.Return("ran", WireConverters.String);
                    return;
                }

                running.TrySetResult();
                switch (how)
                {
                    case "fails": throw new InvalidOperationException("as asked");
                    case "retries" when Note(context) == 1: throw context.Retry(TimeSpan.FromSeconds(1));
                    case "snoozes" when Note(context) == 1: invocation.End(TaskOutcome.Snooze(TimeSpan.FromSeconds(1))); break;
                    case "gives back" when Note(context) == 1: invocation.End(TaskOutcome.Reject(requeue: true)); break;
                    case "retries" or "snoozes" or "gives back": break;
                    case "rejects": invocation.End(TaskOutcome.Reject()); break;
                    case "hangs": await hang.Task; break;
                    default: await Task.Delay(TimeSpan.FromMinutes(1), context.CancellationToken); break;
                }
            },
            conditions: Limited(TaskLimit.OfConcurrency(1)));
        var host = await StartAsync(task);
        var first = await host.Client.EnqueueByNameAsync("limited", ["key"], configure: o => o.TimeLimit = how == "hangs" ? TimeSpan.FromMilliseconds(300) : null);
        await running.Task.Within();

        var next = await host.Client.EnqueueByNameAsync<string>("limited", ["key"], configure: o => o.Headers["next"] = true);
        if (how == "is revoked") await first.RevokeAsync(terminate: true);

        (await next.GetAsync(Deadline.Usual)).Should().Be("ran", "a lease would have lasted 20 s");
        hang.SetResult();
        if (how != "rejects") await first.WaitAsync(Deadline.Usual); // which stores nothing
    }

    [SkippableFact]
    public async Task Concurrency_WhileATaskWaits_ItCanBeRevokedExpiresAndGoesBackAtAStop()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var task = DelegateHandler.Returning(
            "limited",
            async context =>
            {
                running.TrySetResult();
                await release.Task;
                return $"{Note(context)}";
            },
            conditions: Limited(TaskLimit.OfConcurrency(1)));
        var first = await StartAsync(task);
        var one = await first.Client.EnqueueByNameAsync("limited", ["key"]);
        await running.Task.Within();
        var revoked = await first.Client.EnqueueByNameAsync("limited", ["key"]);
        var expired = await first.Client.EnqueueByNameAsync("limited", ["key"], configure: o => o.Expires = TimeSpan.FromSeconds(1));
        var last = await first.Client.EnqueueByNameAsync("limited", ["key"]);

        await revoked.RevokeAsync();
        var ends = new[] { await revoked.WaitAsync(Deadline.Usual), await expired.WaitAsync(Deadline.Usual) };
        var second = await StartAsync(task);
        var stopping = first.StopAsync();
        release.SetResult();
        await stopping.Within(TimeSpan.FromSeconds(20));

        ends.Select(end => (end.State, end.Error!.Message)).Should().Equal((TaskStates.Revoked, "revoked"), (TaskStates.Revoked, "expired"));
        foreach (var handle in new[] { one, last }) await second.Client.GetHandle(handle.Id).GetAsync(Deadline.Usual);
        new[] { one, revoked, expired, last }.Select(RunsOf).Should().Equal(1, 0, 0, 1);
    }

    [SkippableFact]
    public async Task RateLimit_OverTwoWorkers_SpacesTheStarts()
    {
        var spacing = TimeSpan.FromMilliseconds(200);
        var starts = new ConcurrentQueue<TimeSpan>();
        var began = Stopwatch.GetTimestamp();
        var task = DelegateHandler.Returning(
            "limited",
            context =>
            {
                starts.Enqueue(Stopwatch.GetElapsedTime(began));
                return Task.FromResult($"{Note(context)}");
            },
            conditions: Limited(TaskLimit.OfRate(TaskRate.Parse("5/s"))));
        var host = await StartAsync(task);
        await StartAsync(task);
        began = Stopwatch.GetTimestamp();

        var handles = new List<TaskHandle>();
        for (var i = 0; i < 15; i++) handles.Add(await host.Client.EnqueueByNameAsync("limited", ["key"]));
        foreach (var handle in handles) await handle.GetAsync(TimeSpan.FromSeconds(30));

        handles.Select(RunsOf).Should().OnlyContain(runs => runs == 1);
        var inOrder = starts.Order().ToList();
        for (var i = 1; i < inOrder.Count; i++) inOrder[i].Should().BeGreaterThanOrEqualTo((spacing * i) - TimeSpan.FromMilliseconds(10), "start {0} is not before its turn", i + 1);
    }

    [SkippableFact]
    public async Task Limits_OfOneName_AreSharedByTasks()
    {
        var one = DelegateHandler.Returning("one", RunAsync, conditions: Limited(TaskLimit.OfConcurrency(1, "shared")));
        var other = DelegateHandler.Returning("other", RunAsync, conditions: Limited(TaskLimit.OfConcurrency(1, "shared")));
        var host = await StartAsync(one, other);

        var handles = new List<TaskHandle>();
        for (var i = 0; i < 20; i++) handles.Add(await host.Client.EnqueueByNameAsync(i % 2 == 0 ? "one" : "other", ["key"], configure: o => o.Headers["key"] = "key"));
        foreach (var handle in handles) await handle.GetAsync(TimeSpan.FromSeconds(30));

        _running["key"].Most.Should().Be(1);
    }

    [SkippableFact]
    public async Task Limits_WithArgumentsThatDoNotFit_FailTheTaskWithTheUsualError()
    {
        var parameters = new ParameterList("limited", 1, "tenant");
        var task = new DelegateHandler(
            "limited",
            invocation =>
            {
                var arguments = invocation.Arguments(parameters);
                while (arguments.Read()) arguments.Skip();
                return default;
            },
            conditions: Limited(TaskLimit.OfConcurrency(1)));
        var host = await StartAsync(task);

        var handle = await host.Client.EnqueueByNameAsync("limited");

        (await handle.WaitAsync(Deadline.Usual)).Error!.Message.Should().Be("limited() missing 1 required argument: 'tenant'");
    }

    private async Task<string> RunAsync(TaskContext context)
    {
        var key = (string)context.Headers["key"]!; // every call sets it
        Enter(key);
        await Task.Delay(10);
        Leave(key);
        return $"{Note(context)}";
    }

    private void Enter(string key) => _running.AddOrUpdate(key, (1, 1), static (_, running) => (running.Now + 1, Math.Max(running.Most, running.Now + 1)));

    private void Leave(string key) => _running.AddOrUpdate(key, (0, 0), static (_, running) => (running.Now - 1, running.Most));

    private static TaskKeyReader KeysOf(int count)
    {
        var parameters = new ParameterList("limited", 1, "tenant");
        return (in TaskBody body, WireOptions options) =>
        {
            var arguments = new ArgumentReader(body, parameters, options);
            var key = "";
            while (arguments.Read()) key = TaskKey.Part(arguments.Value(WireConverters.String), "");
            return [.. Enumerable.Repeat(key, count)];
        };
    }
}
