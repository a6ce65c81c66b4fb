using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Contracts;

/// <summary>What a worker does at the end of a task that others follow, where messages come twice or not at all. A test project inherits it per broker; results count chords.</summary>
public abstract class WorkflowContract : WorkerSuite
{
    private readonly string _body = Guid.NewGuid().ToString();

    [SkippableFact]
    public async Task Chord_WhoseMembersComeTwice_RunsItsBodyOnce()
    {
        var group = Guid.NewGuid().ToString();
        var members = Enumerable.Range(0, 3).Select(i => Member(group, i)).ToList();
        var host = await StartAsync(Work(), Body());

        await ((IChordStore)host.Results).SetSizeAsync(group, members.Count, CancellationToken.None).Within();
        foreach (var message in (TaskMessage[])[members[0], members[0], members[1], members[0], members[2], members[1]]) await SendAsync(host, message);
        var end = await host.Client.GetHandle<string>(_body).GetAsync(TimeSpan.FromSeconds(10));
        await Eventually.IsTrueAsync(() => members.Sum(member => RunsOf(member.Id!)) == 6);
        await host.StopAsync();

        end.Should().Be("[\"work\", \"work\", \"work\"]");
        RunsOf(_body).Should().Be(1);
    }

    [SkippableFact]
    public async Task Chord_WithAMemberWhoseWorkerWasLost_EndsWithItsError()
    {
        var group = Guid.NewGuid().ToString();
        var id = await LoseWorkerAsync(Member(group, 0));
        var host = await StartAsync(Work(new TaskPolicy { RejectOnWorkerLost = false, IgnoreResult = true }), Body());

        await ((IChordStore)host.Results).SetSizeAsync(group, 2, CancellationToken.None).Within();
        await SendAsync(host, Member(group, 1));
        var end = await host.Client.GetHandle(_body).WaitAsync(TimeSpan.FromSeconds(10));

        end.State.Should().Be(TaskStates.Failure);
        end.Error!.Type.Should().Be("ChordError");
        end.Error.Message.Should().StartWith($"Dependency {id} raised WorkerLostError(");
        RunsOf(_body).Should().Be(0);
    }

    [SkippableFact]
    public async Task Callback_OfATaskThatRanTwice_HasOneId()
    {
        var message = TestMessages.New("work", Encoding.UTF8.GetBytes($$"""[[],{},{"callbacks":[{{Signature("body", "")}}],"errbacks":null,"chain":null,"chord":null}]"""));
        var ids = new System.Collections.Concurrent.ConcurrentBag<string>();
        var host = await StartAsync(Work(), new DelegateHandler("body", invocation =>
        {
            ids.Add(invocation.Context.Id);
            return default;
        }));

        await SendAsync(host, message);
        await SendAsync(host, message);
        await Eventually.IsTrueAsync(() => ids.Count == 2);

        ids.Distinct().Should().ContainSingle();
    }

    [SkippableFact]
    public async Task Callback_OfATaskThatHadFinishedBefore_IsSent()
    {
        var message = TestMessages.New("work", Encoding.UTF8.GetBytes($$"""[[],{},{"callbacks":[{{Signature("body", _body)}}],"errbacks":null,"chain":null,"chord":null}]"""));
        var host = await StartAsync(Work(new TaskPolicy { SkipFinished = true }), Body());
        await host.Results.StoreAsync(new TaskResult { TaskId = message.Id!, State = TaskStates.Success, Value = "\"before\""u8.ToArray() }, default, CancellationToken.None);

        await SendAsync(host, message);
        var end = await host.Client.GetHandle<string>(_body).GetAsync(TimeSpan.FromSeconds(10));

        end.Should().Be("\"before\"", "its worker may have died before it had sent the callback");
        RunsOf(message.Id!).Should().Be(0);
    }

    [SkippableFact]
    public async Task Chain_OfATaskThatIsRetried_GoesOnOnce()
    {
        var message = TestMessages.New("work", Encoding.UTF8.GetBytes($$"""[[],{},{"callbacks":null,"errbacks":null,"chain":[{{Signature("body", _body)}}],"chord":null}]"""));
        var host = await StartAsync(
            DelegateHandler.Returning("work", context => context.Retries == 0 ? throw context.Retry(TimeSpan.Zero, new InvalidOperationException("not yet")) : Task.FromResult($"{context.Retries}")),
            Body());

        await SendAsync(host, message);
        var end = await host.Client.GetHandle<string>(_body).GetAsync(TimeSpan.FromSeconds(10));
        await host.StopAsync();

        end.Should().Be("\"1\"");
        RunsOf(_body).Should().Be(1);
    }

    [SkippableFact]
    public async Task Replacement_OfAStampedTask_KeepsStampsPriorityAndId()
    {
        var host = await StartAsync(new DelegateHandler("work", async invocation =>
        {
            var next = Encoding.UTF8.GetBytes($$$"""{"task":"body","args":[],"kwargs":{},"options":{"queue":"{{{Other}}}"},"subtask_type":null,"immutable":false}""");
            await invocation.Context.ReplaceAsync(CeleryNet.Signature.Parse(next));
        }));
        var message = TestMessages.New("work");
        (message.StampedHeaders, message.Stamps, message.Priority) = (["tenant"], new Dictionary<string, object?> { ["tenant"] = "acme" }, 3);

        await SendAsync(host, message);
        await using var consumer = await host.Broker.ConsumeAsync(new ConsumerSettings { Queues = [new QueueDefinition(Other)], Prefetch = 1, NodeName = "celery@other" }, CancellationToken.None).Within();
        var replacement = (await consumer.TakeAsync()).Message;

        replacement.Id.Should().Be(message.Id);
        replacement.Stamps.Should().ContainKey("tenant").WhoseValue.Should().Be("acme");
        replacement.StampedHeaders.Should().Equal("tenant");
        replacement.Priority.Should().Be(3);
    }

    [SkippableFact]
    public async Task Chord_WhoseHeaderFails_WithAChordAsItsBody_CallsTheErrbacksOfThatChordsBodyOnce()
    {
        var called = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var host = await StartAsync(Work(), Broken(), Note("header", called), Note("body", called), Note("chord", called), Note("outer", called));
        var inner = $$$"""{"task":"celery.chord","args":[],"kwargs":{"header":[{{{Sign("work", Errback("header"))}}}],"body":{{{Sign("work", $"\"task_id\":\"{_body}\",{Errback("body")}")}}},"kwargs":{}},"options":{ {{{Errback("chord")}}} },"subtask_type":"chord","immutable":false}""";
        var outer = $$$"""{"task":"celery.chord","args":[],"kwargs":{"header":[{{{Sign("broken", "")}}},{{{Sign("work", "")}}}],"body":{{{inner}}},"kwargs":{}},"options":{ {{{Errback("outer")}}} },"subtask_type":"chord","immutable":false}""";

        var handle = await host.Client.EnqueueAsync(CeleryNet.Signature.Parse(Encoding.UTF8.GetBytes(outer)));
        var end = await handle.WaitAsync(TimeSpan.FromSeconds(10));
        await Eventually.IsTrueAsync(() => called.Count >= 3);
        await host.StopAsync();

        (handle.Id, end.State, end.Error!.Type).Should().Be((_body, TaskStates.Failure, "ChordError"));
        called.Should().BeEquivalentTo($"body {_body}", $"chord {_body}", $"outer {_body}");
    }

    [SkippableFact]
    public async Task Chord_WhoseHeaderFails_WithAGroupAsItsBody_CallsTheErrbacksOfEachOfItsMembers()
    {
        var called = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var host = await StartAsync(Work(), Broken(), Note("one", called), Note("two", called));
        var (one, two) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());

        await host.Client.EnqueueAsync(Canvas.Group(Call("broken")) | Canvas.Group(Body(one, "one"), Body(two, "two")));
        foreach (var id in (string[])[one, two]) (await host.Client.GetHandle(id).WaitAsync(TimeSpan.FromSeconds(10))).Error!.Type.Should().Be("ChordError");
        await Eventually.IsTrueAsync(() => called.Count >= 2);
        await host.StopAsync();

        called.Should().BeEquivalentTo($"one {one}", $"two {two}");

        static Step<IReadOnlyList<string>, string> Body(string id, string errback) => new Step<IReadOnlyList<string>, string>(new TaskDefinition("work"), TaskArguments.None, WireConverters.String!)
            .LinkError(new Step<string, object?>(new TaskDefinition(errback), TaskArguments.None, WireConverters.Any)).With(options => options.TaskId = id);
    }

    [SkippableFact]
    public async Task Errback_FindsErrorAndTracebackByTheIdItGets()
    {
        var told = new TaskCompletionSource<TaskSnapshot>(TaskCreationOptions.RunContinuationsAsynchronously);
        WorkerHost? host = null;
        host = await StartAsync(Broken(), new DelegateHandler("alarm", async invocation =>
        {
            var arguments = invocation.Arguments(new ParameterList("alarm", 1, "id"));
            arguments.Read();
            var id = arguments.Value(WireConverters.String)!; // a worker gives one
            told.TrySetResult(await host!.Client.GetHandle(id).GetSnapshotAsync());
        }));

        var failed = await host.Client.EnqueueAsync(Call("broken").LinkError(new Step<string, object?>(new TaskDefinition("alarm"), TaskArguments.None, WireConverters.Any)));
        var snapshot = await told.Task.Within();

        (snapshot.TaskId, snapshot.State, snapshot.Error!.Message).Should().Be((failed.Id, TaskStates.Failure, "broken"));
        snapshot.Traceback.Should().Contain(nameof(InvalidOperationException));
    }

    [SkippableFact]
    public async Task Group_SavedAndRestored_HasItsResultsInOrderAndItsCounts()
    {
        var host = await StartAsync(Work(), Broken());
        var sent = await host.Client.EnqueueAsync(Canvas.Group(Call("work"), Call("work"), Call("broken")));
        await sent.SaveAsync();

        var group = await host.Client.RestoreGroupAsync<string>(sent.Id);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var ends = new List<string>();
        await foreach (var end in group!.WatchAsync(deadline.Token)) ends.Add($"{end.TaskId} {end.State}");

        ends.Should().BeEquivalentTo($"{sent.Members[0].Id} SUCCESS", $"{sent.Members[1].Id} SUCCESS", $"{sent.Members[2].Id} FAILURE");
        (await group.CountAsync()).Should().Be(new GroupCounts(3, 2, 1, 0));
        (await group.Invoking(failed => failed.GetAllAsync(TimeSpan.FromSeconds(5))).Should().ThrowAsync<RemoteTaskException>()).Which.TaskId.Should().Be(sent.Members[2].Id);
    }

    [SkippableFact]
    public async Task Group_WithAMemberThatNobodyRuns_TimesOutAndNamesIt()
    {
        var host = await StartAsync(Work());
        var sent = await host.Client.EnqueueAsync(Canvas.Group(Call("work"), Call("work").With(options => options.Queue = Other)));
        await sent.Members[0].GetAsync(TimeSpan.FromSeconds(10));

        var wait = () => sent.GetAllAsync(TimeSpan.FromMilliseconds(200));

        (await wait.Should().ThrowAsync<ResultTimeoutException>()).Which.TaskId.Should().Be(sent.Members[1].Id);
    }

    private static string Errback(string task) => $"\"link_error\":[{Sign(task, "")}]";

    private static string Sign(string task, string options) => $$"""{"task":"{{task}}","args":[],"kwargs":{},"options":{ {{options}} },"subtask_type":null,"immutable":false}""";

    // An error callback, with the id that it gets.
    private static DelegateHandler Note(string name, System.Collections.Concurrent.ConcurrentQueue<string> called) => new(name, invocation =>
    {
        var arguments = invocation.Arguments(new ParameterList(name, 1, "id"));
        arguments.Read();
        called.Enqueue($"{name} {arguments.Value(WireConverters.String)}");
        return default;
    });

    private DelegateHandler Broken() => new("broken", static _ => throw new InvalidOperationException("broken"));

    private static Signature<string> Call(string task) => new(new TaskDefinition(task), TaskArguments.None, WireConverters.String!);

    private DelegateHandler Work(TaskPolicy? policy = null) => DelegateHandler.Returning(
        "work",
        context =>
        {
            Note(context);
            return Task.FromResult("work");
        },
        policy);

    // Returns the JSON of its one argument as a text.
    private DelegateHandler Body() => new("body", invocation =>
    {
        Note(invocation.Context);
        var arguments = invocation.Arguments(new ParameterList("body", 1, "value"));
        arguments.Read();
        var value = arguments.Value(WireConverters.Any);
        invocation.Return(value is IEnumerable<object?> list ? $"[{string.Join(", ", list.Select(item => $"\"{item}\""))}]" : $"\"{value}\"", WireConverters.String);
        return default;
    });

    private TaskMessage Member(string group, int index)
    {
        var message = TestMessages.New("work", Encoding.UTF8.GetBytes($$"""[[],{},{"callbacks":null,"errbacks":null,"chain":null,"chord":{{Signature("body", _body)}}}]"""));
        (message.GroupId, message.GroupIndex) = (group, index);
        return message;
    }

    private static string Signature(string task, string id) =>
        $$$"""{"task":"{{{task}}}","args":[],"kwargs":{},"options":{{{(id.Length > 0 ? $$"""{"task_id":"{{id}}"}""" : "{}")}}},"subtask_type":null,"immutable":false}""";

    private Task SendAsync(WorkerHost host, TaskMessage message) => host.Broker.PublishAsync(message.Copy(), Route.To(new QueueDefinition(Queue)), CancellationToken.None).Within();
}
