using System.Text;
using System.Threading.Channels;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;

namespace CeleryNet.Contracts;

/// <summary>What every result backend promises. A test project inherits it per implementation.</summary>
/// <remarks>A store may tell its readers later than its writer (rpc does), so the tests read what was pushed first.</remarks>
public abstract class ResultBackendContract : IAsyncLifetime
{
    private readonly List<string> _tasks = [];
    private IResultBackend? _backend;
    private object? _gate; // tests use what is made from several threads

    /// <summary>The backend of this test; made when first used.</summary>
    protected IResultBackend Backend => LazyInitializer.EnsureInitialized(ref _backend, ref _gate, CreateBackend);

    /// <inheritdoc/>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        if (_backend is null) return;
        foreach (var task in _tasks) await _backend.ForgetAsync(task, CancellationToken.None).Within();
        await _backend.DisposeAsync().AsTask().Within();
    }

    /// <summary>True (default): when a task ended, its group and its parent are kept. What Celery's rpc backend sends has no place for them.</summary>
    protected virtual bool KeepsDatesAndGroups => true;

    /// <summary>True (default): the tasks that a task has sent, its group and its parent are kept. The tables of Celery's database backend have no column for them.</summary>
    protected virtual bool KeepsFamily => true;

    /// <summary>Makes the backend under test; <see cref="TestServers"/> says where its server is.</summary>
    protected abstract IResultBackend CreateBackend();

    [SkippableTheory]
    [InlineData(TaskStates.Started, "{\"pid\":17,\"hostname\":\"celery@tests\"}")]
    [InlineData(TaskStates.Success, "{\"a\":[1,2.5,null,true,\"ä 日本 😀\"]}")]
    [InlineData("PROGRESS", "{\"current\":3,\"total\":10}")]
    public async Task Store_StateWithValue_IsReadBack(string state, string value)
    {
        var task = NewTask();
        DateTimeOffset? done = TaskStates.IsReady(state) ? new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(1_234_560) : null;

        await StoreAsync(new TaskResult { TaskId = task, State = state, Value = Json(value), DateDone = done });
        var stored = await Backend.GetAsync(task, CancellationToken.None).Within();

        stored.Should().NotBeNull();
        stored!.TaskId.Should().Be(task);
        stored.State.Should().Be(state);
        Text(stored.Value).Should().Be(value);
        stored.Error.Should().BeNull();
        stored.Traceback.Should().BeNull();
        stored.DateDone?.UtcTicks.Should().Be(KeepsDatesAndGroups ? done?.UtcTicks : null);
    }

    [SkippableTheory]
    [InlineData(TaskStates.Failure)]
    [InlineData(TaskStates.Retry)]
    [InlineData(TaskStates.Revoked)]
    public async Task Store_StateWithError_IsReadBack(string state)
    {
        var task = NewTask();
        const string Traceback = "Traceback (most recent call last):\n  File \"tasks.py\", line 1\nValueError: ('böse', 7)";

        await StoreAsync(new TaskResult { TaskId = task, State = state, Error = new RemoteError("ValueError", Json("[\"böse\",7]"), "builtins"), Traceback = Traceback });
        var stored = await Backend.GetAsync(task, CancellationToken.None).Within();

        stored!.State.Should().Be(state);
        stored.Error!.Type.Should().Be("ValueError");
        stored.Error.Module.Should().Be("builtins");
        Text(stored.Error.Arguments).Should().Be("[\"böse\",7]");
        stored.Error.Message.Should().Be("('böse', 7)");
        stored.Traceback.Should().Be(Traceback);
        stored.Value.IsEmpty.Should().BeTrue();
    }

    [SkippableFact]
    public async Task Store_Null_IsReadBackAsEmpty()
    {
        var task = NewTask();

        await StoreAsync(Success(task, ""));
        var stored = await Backend.GetAsync(task, CancellationToken.None).Within();

        stored!.Value.IsEmpty.Should().BeTrue();
        stored.IsReady.Should().BeTrue();
    }

    [SkippableFact]
    public async Task Store_NotANumber_IsReadBackByTheConverter()
    {
        var task = NewTask();

        await StoreAsync(Success(task, "NaN"));
        var stored = await Backend.GetAsync(task, CancellationToken.None).Within();

        WireValue.Read(stored!.Value, WireConverters.Double, new WireOptions()).Should().Be(double.NaN);
    }

    [SkippableFact]
    public async Task Store_ChildrenGroupAndParent_AreReadBack()
    {
        var task = NewTask();
        const string Children = "[[[\"child\",null],null]]";

        await StoreAsync(Success(task, "1") with { Children = Json(Children), GroupId = "the-group", ParentId = "the-parent" });
        var stored = await Backend.GetAsync(task, CancellationToken.None).Within();

        Text(stored!.Children).Should().Be(KeepsFamily ? Children : "");
        stored.GroupId.Should().Be(KeepsDatesAndGroups && KeepsFamily ? "the-group" : null);
        stored.ParentId.Should().Be(KeepsDatesAndGroups && KeepsFamily ? "the-parent" : null);
    }

    [SkippableFact]
    public async Task Store_ValueOfOneMegabyte_IsReadBack()
    {
        var task = NewTask();
        var value = $"\"{new string('x', 1024 * 1024)}\"";

        await StoreAsync(Success(task, value));
        var stored = await Backend.GetAsync(task, CancellationToken.None).Within();

        (Text(stored!.Value) == value).Should().BeTrue();
    }

    [SkippableFact]
    public async Task Store_ValueChangedAfterwards_IsReadBackAsItWas()
    {
        var task = NewTask();
        var value = Encoding.UTF8.GetBytes("\"before\"");

        await StoreAsync(new TaskResult { TaskId = task, State = TaskStates.Success, Value = value });
        value.AsSpan().Fill((byte)' '); // the worker's buffers are pooled
        var stored = await Backend.GetAsync(task, CancellationToken.None).Within();

        Text(stored!.Value).Should().Be("\"before\"");
    }

    [SkippableFact]
    public async Task Store_StatesOneAfterTheOther_NewestIsRead()
    {
        var task = NewTask();

        await StoreAsync(new TaskResult { TaskId = task, State = TaskStates.Started, Value = Json("{}") });
        await StoreAsync(new TaskResult { TaskId = task, State = TaskStates.Retry, Error = new RemoteError("Retry", Json("[]"), "celery.exceptions") });
        await StoreAsync(Success(task, "42"));
        var stored = await Backend.GetAsync(task, CancellationToken.None).Within();

        stored!.State.Should().Be(TaskStates.Success);
        Text(stored.Value).Should().Be("42");
    }

    [SkippableFact]
    public async Task Store_AfterSuccess_DoesNotOverwriteIt()
    {
        var task = NewTask();
        await StoreAsync(Success(task, "42"));

        await Backend.StoreAsync(
            new TaskResult { TaskId = task, State = TaskStates.Failure, Error = new RemoteError("ValueError", Json("[\"late\"]"), null) }, await ReplyAsync(task), CancellationToken.None).Within();
        await StoreAsync(Success(NewTask(), "1")); // whatever was on its way has arrived with this
        var stored = await Backend.GetAsync(task, CancellationToken.None).Within();

        stored!.State.Should().Be(TaskStates.Success);
        Text(stored.Value).Should().Be("42");
    }

    [SkippableFact]
    public async Task Store_ManyAtOnce_KeepsAll()
    {
        var tasks = Enumerable.Range(0, 200).Select(_ => NewTask()).ToList();

        await Task.WhenAll(tasks.Select((task, index) => Task.Run(() => StoreAsync(Success(task, $"{index}"))))).Within();
        var stored = await Task.WhenAll(tasks.Select(task => Backend.GetAsync(task, CancellationToken.None).AsTask())).Within();

        stored.Select(result => Text(result!.Value)).Should().Equal(Enumerable.Range(0, 200).Select(index => $"{index}"));
    }

    [SkippableFact]
    public async Task Get_UnknownTask_IsNull()
    {
        var stored = await Backend.GetAsync(NewTask(), CancellationToken.None).Within();

        stored.Should().BeNull();
    }

    [SkippableFact]
    public async Task Subscribe_StatesStoredAfterwards_ArePushedInOrder()
    {
        var task = NewTask();
        var pushed = await SubscribeAsync(task);

        await StoreAsync(new TaskResult { TaskId = task, State = TaskStates.Started, Value = Json("{}") });
        await StoreAsync(Success(task, "\"done\""));
        var states = await pushed.Reader.NextAsync(2);

        states.Select(state => state.State).Should().Equal(TaskStates.Started, TaskStates.Success);
        Text(states[1].Value).Should().Be("\"done\"");
    }

    [SkippableFact]
    public async Task Subscribe_SeveralObservers_AllAreTold()
    {
        var task = NewTask();
        var first = await SubscribeAsync(task);
        var second = await SubscribeAsync(task);

        await StoreAsync(Success(task, "1"));

        (await first.Reader.NextAsync()).State.Should().Be(TaskStates.Success);
        (await second.Reader.NextAsync()).State.Should().Be(TaskStates.Success);
    }

    [SkippableFact]
    public async Task Subscribe_AnotherTask_IsNotTold()
    {
        var task = NewTask();
        var pushed = await SubscribeAsync(task);

        await StoreAsync(Success(NewTask(), "\"other\""));
        await StoreAsync(Success(task, "\"own\""));

        Text((await pushed.Reader.NextAsync()).Value).Should().Be("\"own\"");
    }

    [SkippableFact]
    public async Task Subscribe_Disposed_IsNotToldAndOthersAre()
    {
        var task = NewTask();
        var told = new List<string>();
        var gone = await Backend.SubscribeAsync(task, result => told.Add(result.State), CancellationToken.None).Within();
        var stays = await SubscribeAsync(task);

        await gone.DisposeAsync().AsTask().Within();
        await gone.DisposeAsync().AsTask().Within();
        await StoreAsync(Success(task, "1"));
        await stays.Reader.NextAsync();

        told.Should().BeEmpty();
    }

    [SkippableFact]
    public async Task Forget_StoredTask_IsGone()
    {
        var task = NewTask();
        await StoreAsync(Success(task, "1"));

        await Backend.ForgetAsync(task, CancellationToken.None).Within();

        (await Backend.GetAsync(task, CancellationToken.None).Within()).Should().BeNull();
    }

    [SkippableFact]
    public async Task Forget_UnknownTask_IsHarmless() => await Backend.ForgetAsync(NewTask(), CancellationToken.None).Within();

    [SkippableFact]
    public async Task OpenReplyQueue_Repeated_IsTheSame()
    {
        var first = await Backend.OpenReplyQueueAsync(CancellationToken.None).Within();
        var second = await Backend.OpenReplyQueueAsync(CancellationToken.None).Within();

        second.Should().Be(first);
    }

    [SkippableFact]
    public async Task Ping_StoreIsThere_Returns() => await Backend.PingAsync(CancellationToken.None).Within();

    [SkippableFact]
    public void IsEnabled_StoreThatKeeps_IsTrue() => Backend.IsEnabled.Should().BeTrue();

    [SkippableFact]
    public async Task Dispose_Twice_IsHarmless()
    {
        var backend = CreateBackend();
        await backend.PingAsync(CancellationToken.None).Within();

        await backend.DisposeAsync().AsTask().Within();
        await backend.DisposeAsync().AsTask().Within();
    }

    /// <summary>An id nobody else uses; forgotten after the test.</summary>
    protected string NewTask()
    {
        var task = TaskId.New();
        lock (_tasks) _tasks.Add(task);
        return task;
    }

    /// <summary>Stores the state, and returns when a reader is told of it.</summary>
    protected async Task StoreAsync(TaskResult result)
    {
        var reply = await ReplyAsync(result.TaskId);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var subscription = await Backend.SubscribeAsync(
            result.TaskId,
            pushed =>
            {
                if (pushed.State == result.State) told.TrySetResult();
            },
            CancellationToken.None).Within();
        await Backend.StoreAsync(result, reply, CancellationToken.None).Within();
        await told.Task.Within();
    }

    private async Task<Channel<TaskResult>> SubscribeAsync(string task)
    {
        var channel = Channel.CreateUnbounded<TaskResult>();
        await Backend.SubscribeAsync(task, result => channel.Writer.TryWrite(result), CancellationToken.None).Within();
        return channel;
    }

    private async Task<ReplyAddress> ReplyAsync(string task) => new(await Backend.OpenReplyQueueAsync(CancellationToken.None).Within(), task);

    private static TaskResult Success(string task, string value) => new() { TaskId = task, State = TaskStates.Success, Value = Json(value), DateDone = DateTimeOffset.UtcNow };

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);
}
