using CeleryNet.Contracts;
using CeleryNet.Results;
using CeleryNet.Tests.Client.Doubles;

namespace CeleryNet.Tests.Client;

public sealed class TaskHandleTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static TaskResult Success(string json) => new() { TaskId = "id", State = TaskStates.Success, Value = System.Text.Encoding.UTF8.GetBytes(json) };

    private static TaskResult State(string state, string json = "null") => new() { TaskId = "id", State = state, Value = System.Text.Encoding.UTF8.GetBytes(json) };

    private static TaskResult Failure(string state = TaskStates.Failure) => new()
    {
        TaskId = "id",
        State = state,
        Error = new RemoteError("ValueError", "[\"boom\"]"u8.ToArray(), "builtins"),
        Traceback = "Traceback (most recent call last): …",
    };

    [Fact]
    public async Task GetAsync_ResultAlreadyThere_ReturnsIt()
    {
        await using var host = new ClientHost();
        host.Results.Store(Success("5"));

        (await host.Client.GetHandle<int>("id").GetAsync(Limit).Within()).Should().Be(5);

        host.Results.Subscriptions.Should().Be(0);
    }

    [Fact]
    public async Task GetAsync_ResultPushedLater_ReturnsItWithoutPolling()
    {
        await using var host = new ClientHost();
        var waiting = host.Client.GetHandle<int>("id").GetAsync(Limit);
        await host.Results.LookedAsync();

        host.Results.Push(State(TaskStates.Started));
        host.Results.Push(Success("5"));

        (await waiting.Within()).Should().Be(5);
        host.Results.Looks.Should().Be(1);
        host.Results.Subscriptions.Should().Be(0);
    }

    [Fact]
    public async Task GetAsync_ResultStoredBetweenSubscribingAndLooking_IsNotMissed()
    {
        await using var host = new ClientHost();
        host.Results.OnLook = () => host.Results.Store(Success("5"));

        (await host.Client.GetHandle<int>("id").GetAsync(Limit).Within()).Should().Be(5);
    }

    [Fact]
    public async Task GetAsync_PushWasLost_FindsTheResultAfterFiveSeconds()
    {
        await using var host = new ClientHost();
        var waiting = host.Client.GetHandle<int>("id").GetAsync(Limit);
        await host.Results.LookedAsync();
        host.Results.Store(Success("5"));

        host.Time.Advance(TimeSpan.FromSeconds(5));

        (await waiting.Within()).Should().Be(5);
    }

    [Fact]
    public async Task GetAsync_NoResultInTime_ThrowsWithIdStateAndTimeout()
    {
        await using var host = new ClientHost();
        var waiting = host.Client.GetHandle<int>("id").GetAsync(TimeSpan.FromSeconds(2));
        await host.Results.LookedAsync();
        host.Results.StoreAndPush(State(TaskStates.Started));

        host.Time.Advance(TimeSpan.FromSeconds(2));

        var error = (await FluentActions.Awaiting(() => waiting.Within()).Should().ThrowAsync<ResultTimeoutException>()).Which;
        error.Code.Should().Be("CN4001");
        error.TaskId.Should().Be("id");
        error.Timeout.Should().Be(TimeSpan.FromSeconds(2));
        error.Message.Should().Contain("id").And.Contain("2 s");
        host.Results.Subscriptions.Should().Be(0);
    }

    [Fact]
    public async Task WaitAsync_Timeout_TellsTheStateSeenLast()
    {
        await using var host = new ClientHost();
        host.Results.Store(State(TaskStates.Started));
        var waiting = host.Client.GetHandle("id").WaitAsync(TimeSpan.FromSeconds(2));
        await host.Results.LookedAsync();

        host.Time.Advance(TimeSpan.FromSeconds(2));

        (await FluentActions.Awaiting(() => waiting.Within()).Should().ThrowAsync<ResultTimeoutException>()).Which.State.Should().Be("STARTED");
    }

    [Fact]
    public async Task GetAsync_TimeoutZero_LooksOnce()
    {
        await using var host = new ClientHost();
        var handle = host.Client.GetHandle<int>("id");
        await FluentActions.Awaiting(() => handle.GetAsync(TimeSpan.Zero)).Should().ThrowAsync<ResultTimeoutException>();
        host.Results.Store(Success("5"));

        (await handle.GetAsync(TimeSpan.Zero)).Should().Be(5);
    }

    [Fact]
    public async Task GetAsync_NegativeTimeout_IsRefused()
    {
        await using var host = new ClientHost();

        await FluentActions.Awaiting(() => host.Client.GetHandle<int>("id").GetAsync(TimeSpan.FromSeconds(-2))).Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GetAsync_Cancelled_ThrowsWithTheCallersToken(bool hasTimeout)
    {
        await using var host = new ClientHost();
        using var cancellation = new CancellationTokenSource();
        var waiting = host.Client.GetHandle<int>("id").GetAsync(hasTimeout ? Limit : null, cancellation.Token);
        await host.Results.LookedAsync();

        await cancellation.CancelAsync();

        var error = (await FluentActions.Awaiting(() => waiting.Within()).Should().ThrowAsync<OperationCanceledException>()).Which;
        error.CancellationToken.Should().Be(cancellation.Token);
        host.Results.Subscriptions.Should().Be(0);
    }

    [Fact]
    public async Task GetAsync_TaskFailed_ThrowsTheErrorAsData()
    {
        await using var host = new ClientHost();
        host.Results.Store(Failure());

        var error = (await FluentActions.Awaiting(() => host.Client.GetHandle<int>("id").GetAsync(Limit)).Should().ThrowAsync<RemoteTaskException>()).Which;

        error.Should().BeOfType<RemoteTaskException>();
        error.Code.Should().Be("CN4004");
        (error.TaskId, error.State, error.Type, error.Module, error.RemoteMessage).Should().Be(("id", "FAILURE", "ValueError", "builtins", "boom"));
        error.Traceback.Should().StartWith("Traceback");
        error.Message.Should().Contain("ValueError: boom");
        error.ToString().Should().Contain("Traceback (most recent call last)");
    }

    [Fact]
    public async Task GetAsync_TaskRevoked_ThrowsItsOwnKind()
    {
        await using var host = new ClientHost();
        host.Results.Store(Failure(TaskStates.Revoked));

        (await FluentActions.Awaiting(() => host.Client.GetHandle("id").GetAsync(Limit)).Should().ThrowAsync<TaskRevokedException>()).Which.Code.Should().Be("CN4005");
    }

    [Fact]
    public async Task GetAsync_TaskIsRetried_WaitsOn()
    {
        await using var host = new ClientHost();
        host.Results.Store(Failure(TaskStates.Retry));
        var waiting = host.Client.GetHandle<int>("id").GetAsync(Limit);
        await host.Results.LookedAsync();

        host.Results.StoreAndPush(Success("5"));

        (await waiting.Within()).Should().Be(5);
    }

    [Fact]
    public async Task GetAsync_ErrorNamesAClrType_LoadsNothing()
    {
        await using var host = new ClientHost();
        host.Results.Store(Failure() with { Error = new RemoteError("System.Diagnostics.Process", "[]"u8.ToArray(), "System.Diagnostics.Process") });

        (await FluentActions.Awaiting(() => host.Client.GetHandle<int>("id").GetAsync(Limit)).Should().ThrowAsync<RemoteTaskException>())
            .Which.Type.Should().Be("System.Diagnostics.Process");
    }

    [Fact]
    public async Task WaitAsync_TaskFailed_ReturnsTheErrorAsData()
    {
        await using var host = new ClientHost();
        host.Results.Store(Failure());

        var snapshot = await host.Client.GetHandle<int>("id").WaitAsync(Limit);

        (snapshot.State, snapshot.IsReady, snapshot.IsSuccess, snapshot.Error!.Type).Should().Be(("FAILURE", true, false, "ValueError"));
        FluentActions.Invoking(() => snapshot.Value).Should().Throw<RemoteTaskException>();
    }

    [Fact]
    public async Task GetAsync_ManyCallersOnOneHandle_AllGetTheResult()
    {
        await using var host = new ClientHost();
        var handle = host.Client.GetHandle<int>("id");
        var waiting = Enumerable.Range(0, 50).Select(_ => handle.GetAsync(Limit)).ToList();
        for (var i = 0; i < 50; i++) await host.Results.LookedAsync();
        host.Results.Subscriptions.Should().Be(50);

        host.Results.StoreAndPush(Success("5"));

        (await Task.WhenAll(waiting).Within()).Should().AllBeEquivalentTo(5);
        host.Results.Subscriptions.Should().Be(0);
    }

    [Fact]
    public async Task GetAsync_AfterTheEndWasSeen_DoesNotAskAgain()
    {
        await using var host = new ClientHost();
        host.Results.Store(Success("5"));
        var handle = host.Client.GetHandle<int>("id");
        await handle.GetAsync(Limit);

        await handle.GetAsync(Limit);

        host.Results.Looks.Should().Be(1);
    }

    [Fact]
    public async Task ForgetAsync_MakesItPendingAgain()
    {
        await using var host = new ClientHost();
        host.Results.Store(Success("5"));
        var handle = host.Client.GetHandle<int>("id");
        await handle.GetAsync(Limit);

        await handle.ForgetAsync();

        (await handle.GetStateAsync()).Should().Be("PENDING");
    }

    [Fact]
    public async Task GetAsync_StoreIsGoneForAWhile_WaitsOn()
    {
        await using var host = new ClientHost();
        var waiting = host.Client.GetHandle<int>("id").GetAsync();
        await host.Results.LookedAsync();
        host.Results.Outage = new BrokerUnavailableException("CN4003", "results are down");
        for (var i = 0; i < 3; i++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(5));
            await host.Results.LookedAsync();
        }

        host.Results.Outage = null;
        host.Results.Store(Success("5"));
        host.Time.Advance(TimeSpan.FromSeconds(5));

        (await waiting.Within()).Should().Be(5);
    }

    [Fact]
    public async Task GetAsync_StoreIsGoneForAMinute_Throws()
    {
        await using var host = new ClientHost();
        var waiting = host.Client.GetHandle<int>("id").GetAsync();
        await host.Results.LookedAsync();
        host.Results.Outage = new BrokerUnavailableException("CN4003", "results are down");

        // The outage is noted after the look was seen here, maybe at the next tick of the clock: one or two looks more are right as well.
        while (!waiting.IsCompleted)
        {
            host.Results.Looks.Should().BeLessThan(20);
            host.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(waiting, host.Results.LookedAsync());
        }

        await FluentActions.Awaiting(() => waiting.Within()).Should().ThrowAsync<BrokerUnavailableException>();
        host.Results.Subscriptions.Should().Be(0);
    }

    [Fact]
    public async Task GetAsync_StoreIsGoneAtFirst_ThrowsAtOnce()
    {
        await using var host = new ClientHost();
        host.Results.Outage = new BrokerUnavailableException("CN4003", "results are down");

        await FluentActions.Awaiting(() => host.Client.GetHandle<int>("id").GetAsync(Limit).Within()).Should().ThrowAsync<BrokerUnavailableException>();

        host.Results.Subscriptions.Should().Be(0);
    }

    [Fact]
    public async Task GetAsync_SentWithIgnoreResult_IsRefused()
    {
        await using var host = new ClientHost();
        var handle = await host.Client.EnqueueAsync(Calls.Add(2, 3), o => o.IgnoreResult = true);

        (await FluentActions.Awaiting(() => handle.GetAsync(Limit)).Should().ThrowAsync<TaskQueueException>().WithMessage("*IgnoreResult*")).Which.Code.Should().Be("CN4002");
    }

    [Fact]
    public async Task GetAsync_ValueOfAnotherType_SaysSo()
    {
        await using var host = new ClientHost();
        host.Results.Store(Success("\"five\""));

        await FluentActions.Awaiting(() => host.Client.GetHandle<int>("id").GetAsync(Limit)).Should().ThrowAsync<MessageFormatException>().WithMessage("*task id*Int32*whole number*");
    }

    [Fact]
    public async Task GetHandle_TypeWithoutMetadata_NamesTheWayOut()
    {
        await using var host = new ClientHost();

        FluentActions.Invoking(() => host.Client.GetHandle<Uri[]>("id")).Should().Throw<MessageFormatException>().WithMessage("*UseJsonContext*");
    }

    [Fact]
    public async Task GetAsync_KnownTypes_AreRead()
    {
        await using var host = new ClientHost();

        (await Read<string>("\"x\"")).Should().Be("x");
        (await Read<double>("NaN")).Should().Be(double.NaN);
        (await Read<List<int>>("[1,2]")).Should().Equal(1, 2);
        (await Read<int?>("null")).Should().BeNull();
        (await Read<object>("{\"a\":[1]}")).Should().BeEquivalentTo(new Dictionary<string, object?> { ["a"] = new List<object?> { 1L } });
        (await Read<Dictionary<string, double>>("{\"a\":1.5}")).Should().Contain("a", 1.5);

        Task<T> Read<T>(string json)
        {
            host.Results.Store(Success(json));
            return host.Client.GetHandle<T>("id").GetAsync(Limit);
        }
    }
}
