using CeleryNet.Interop.Tests.Peers;
using CeleryNet.Interop.Tests.PythonPeer;
using CeleryNet.Interop.Tests.Tasks;

namespace CeleryNet.Interop.Tests.ToPython;

public abstract partial class ToPythonTests
{
    // Compressible as text is: a body that shrinks to a hundredth would be taken for a bomb.
    private static readonly string Prose = string.Join(' ', Enumerable.Range(0, 20_000).Select(i => $"word {i} of many"));

    [SkippableTheory]
    [InlineData("zlib")]
    [InlineData("gzip")]
    public async Task Call_WithCompression_IsReadByPython(string name) =>
        (await CallAsync(IPythonTasks.LengthTask(Prose).With(o => o.Compression = name))).Should().Be(Prose.Length);

    [SkippableFact]
    public async Task Call_ToNamedQueue_IsTakenFromIt()
    {
        await ClientAsync();

        var request = await CallAsync(IPythonTasks.RequestTask().With(o => o.Queue = peers.NamedQueue));

        request.GetProperty("routing_key").GetString().Should().Be(peers.NamedQueue);
        request.GetProperty("exchange").GetString().Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Call_WithOptions_ShowsThemInPythonsRequest()
    {
        var id = Guid.NewGuid().ToString();

        var request = await CallAsync(IPythonTasks.RequestTask().With(o =>
        {
            o.TaskId = id;
            o.Priority = 3;
            o.Shadow = "shown";
            o.TimeLimit = TimeSpan.FromSeconds(30);
            o.SoftTimeLimit = TimeSpan.FromSeconds(20);
            o.Headers["tenant"] = "äcme";
            o.Headers["attempt"] = 2;
            o.Headers["nested"] = new Dictionary<string, object?> { ["list"] = new List<object?> { 1, null, "x" } };
        }));

        request.GetProperty("id").GetString().Should().Be(id);
        request.GetProperty("correlation_id").GetString().Should().Be(id);
        request.GetProperty("root_id").GetString().Should().Be(id);
        request.GetProperty("task").GetString().Should().Be("py.request");
        request.GetProperty("shadow").GetString().Should().Be("shown");
        request.GetProperty("lang").GetString().Should().Be("cs");
        request.GetProperty("retries").GetInt32().Should().Be(0);
        request.GetProperty("priority").GetInt32().Should().Be(3);
        request.GetProperty("timelimit").EnumerateArray().Select(limit => limit.GetDouble()).Should().Equal(30, 20);
        request.GetProperty("argsrepr").GetString().Should().Be("()");
        request.GetProperty("kwargsrepr").GetString().Should().Be("{}");
        request.GetProperty("ignore_result").GetBoolean().Should().BeFalse();
        request.GetProperty("origin").GetString().Should().NotBeNullOrEmpty();
        var custom = request.GetProperty("custom");
        custom.GetProperty("tenant").GetString().Should().Be("äcme");
        custom.GetProperty("attempt").GetInt32().Should().Be(2);
        custom.GetProperty("nested").GetProperty("list").GetArrayLength().Should().Be(3);
    }

    [SkippableFact]
    public async Task Call_WithIgnoreResult_StoresNothing()
    {
        var client = await ClientAsync();

        var handle = await client.EnqueueAsync(IPythonTasks.AddTask(2, 3).With(o => o.IgnoreResult = true));
        (await CallAsync(IPythonTasks.AddTask(1, 1))).Should().Be(2); // the worker runs one after the other

        (await handle.GetStateAsync()).Should().Be("PENDING");
        await handle.Invoking(ignored => ignored.GetAsync(TimeSpan.FromSeconds(1))).Should().ThrowAsync<TaskQueueException>();
    }

    [SkippableFact]
    public async Task Forget_RemovesTheResult()
    {
        var client = await ClientAsync();
        var handle = await client.EnqueueAsync(IPythonTasks.AddTask(2, 3));
        await handle.GetAsync(Limit);

        await handle.ForgetAsync();

        (await handle.GetStateAsync()).Should().Be("PENDING");
    }

    [SkippableFact]
    public async Task Watch_ShowsCustomStatesUntilTheEnd()
    {
        var client = await ClientAsync();
        var handle = await client.EnqueueAsync(IPythonTasks.ProgressTask(3));

        var states = new List<string>();
        using var limit = new CancellationTokenSource(Limit);
        await foreach (var snapshot in handle.WatchAsync(limit.Token)) states.Add(snapshot.State);

        states.Should().EndWith("SUCCESS");
        states.Distinct().Should().BeSubsetOf(["PENDING", "PROGRESS", "SUCCESS"]);
    }

    [SkippableFact]
    public async Task Watch_ShowsTheDataOfPythonsUpdateState()
    {
        var client = await ClientAsync();
        var handle = await client.EnqueueAsync(IPythonTasks.ReportingTask(3));

        var reports = new List<Dictionary<string, int>>();
        using var limit = new CancellationTokenSource(Limit);
        await foreach (var snapshot in handle.WatchAsync(limit.Token))
        {
            if (snapshot.State == "PROGRESS") reports.Add(snapshot.Read<Dictionary<string, int>>());
        }

        reports.Should().NotBeEmpty();
        reports[^1].Should().Equal(new Dictionary<string, int> { ["done"] = 3, ["of"] = 3 });
        reports.Select(report => report["done"]).Should().BeInAscendingOrder();
    }

    [SkippableFact]
    public async Task TaskThatRetries_EndsUnderItsId() => (await CallAsync(IPythonTasks.RetryingTask(2))).Should().Be(2);

    [SkippableFact]
    public async Task TaskThatTracksItsStart_EndsAsUsual() => (await CallAsync(IPythonTasks.TrackedTask("ä"))).Should().Be("ä");

    [SkippableFact]
    public async Task EnqueueMany_ReturnsResultsInOrder()
    {
        var client = await ClientAsync();

        var handles = await client.EnqueueManyAsync(Enumerable.Range(0, 100).Select(i => IPythonTasks.AddTask(i, 1000)));

        // Celery's database backend opens a connection for every state it stores.
        var limit = peers.Transport.HasCeleryTables ? TimeSpan.FromMinutes(1) : Limit;
        var results = await Task.WhenAll(handles.Select(handle => handle.GetAsync(limit)));
        results.Should().Equal(Enumerable.Range(1000, 100));
    }

    [SkippableFact]
    public async Task Priorities_OfWaitingTasks_DecideTheirOrder()
    {
        await ClientAsync();
        await using var host = await CSharpHost.StartAsync(peers.Transport, peers.PriorityQueue, [], hasPriorities: peers.Transport.IsRabbitMQ);
        int[] priorities = [3, 0, 9, 6];
        var handles = new List<TaskHandle<double>>();
        foreach (var priority in priorities) handles.Add(await host.Client.EnqueueAsync(IPythonTasks.NowTask().With(o => o.Priority = priority)));

        await using var worker = await PythonWorker.StartAsync(peers.PythonPrioritySettings, [peers.PriorityQueue]);
        var times = await Task.WhenAll(handles.Select(handle => handle.GetAsync(Limit)));

        priorities.Zip(times).OrderBy(pair => pair.Second).Select(pair => pair.First)
            .Should().Equal(peers.Transport.IsRabbitMQ ? [9, 6, 3, 0] : [0, 3, 6, 9]);
    }
}
