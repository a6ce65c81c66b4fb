using CeleryNet.Contracts;
using CeleryNet.Results;
using CeleryNet.Tests.Client.Doubles;

namespace CeleryNet.Tests.Client;

public sealed class TaskWatchTests
{
    private static TaskResult State(string state, string json = "null") => new() { TaskId = "id", State = state, Value = System.Text.Encoding.UTF8.GetBytes(json) };

    [Fact]
    public async Task WatchAsync_YieldsEveryStateOnceAndEnds()
    {
        await using var host = new ClientHost();
        await using var states = host.Client.GetHandle("id").WatchAsync().GetAsyncEnumerator();

        (await states.MoveNextAsync().Within()).Should().BeTrue();
        states.Current.State.Should().Be("PENDING");
        host.Results.StoreAndPush(State("PROGRESS", "{\"done\":1}"));
        host.Results.StoreAndPush(State("PROGRESS", "{\"done\":1}"));
        host.Results.StoreAndPush(State("PROGRESS", "{\"done\":2}"));
        host.Results.StoreAndPush(State(TaskStates.Success, "5"));
        var rest = new List<TaskSnapshot>();
        while (await states.MoveNextAsync().Within()) rest.Add(states.Current);

        rest.Select(snapshot => snapshot.State).Should().Equal("PROGRESS", "PROGRESS", "SUCCESS");
        rest[1].Read<Dictionary<string, int>>().Should().Contain("done", 2);
        rest[1].Json.GetProperty("done").GetInt32().Should().Be(2);
        rest[2].Read<int>().Should().Be(5);
        host.Results.Subscriptions.Should().Be(0);
    }

    [Fact]
    public async Task WatchAsync_PushesOlderThanTheStoredState_AreSkipped()
    {
        await using var host = new ClientHost();
        host.Results.OnLook = () =>
        {
            host.Results.OnLook = () => { };
            host.Results.StoreAndPush(State("PROGRESS", "1"));
            host.Results.StoreAndPush(State("PROGRESS", "2"));
        };
        await using var states = host.Client.GetHandle("id").WatchAsync().GetAsyncEnumerator();

        await states.MoveNextAsync().Within();
        states.Current.Read<int>().Should().Be(2);
        host.Results.StoreAndPush(State(TaskStates.Success, "3"));
        await states.MoveNextAsync().Within();

        states.Current.State.Should().Be("SUCCESS");
    }

    [Fact]
    public async Task WatchAsync_LostPush_IsMadeUpFor()
    {
        await using var host = new ClientHost();
        await using var states = host.Client.GetHandle("id").WatchAsync().GetAsyncEnumerator();
        await states.MoveNextAsync().Within();
        host.Results.Store(State(TaskStates.Success, "5"));

        host.Time.Advance(TimeSpan.FromSeconds(5));

        (await states.MoveNextAsync().Within()).Should().BeTrue();
        states.Current.IsSuccess.Should().BeTrue();
        (await states.MoveNextAsync().Within()).Should().BeFalse();
    }

    [Fact]
    public async Task WatchAsync_LeftEarly_LeavesNoSubscription()
    {
        await using var host = new ClientHost();

        await foreach (var _ in host.Client.GetHandle("id").WatchAsync()) break;

        host.Results.Subscriptions.Should().Be(0);
    }

    [Fact]
    public async Task WatchAsync_Cancelled_LeavesNoSubscription()
    {
        await using var host = new ClientHost();
        using var cancellation = new CancellationTokenSource();
        var states = host.Client.GetHandle("id").WatchAsync(cancellation.Token).GetAsyncEnumerator();
        await states.MoveNextAsync().Within();
        var next = states.MoveNextAsync().AsTask();

        await cancellation.CancelAsync();

        await FluentActions.Awaiting(() => next.Within()).Should().ThrowAsync<OperationCanceledException>();
        await states.DisposeAsync();
        host.Results.Subscriptions.Should().Be(0);
    }

    [Fact]
    public async Task WatchAsync_TaskFailed_EndsWithTheErrorAsData()
    {
        await using var host = new ClientHost();
        host.Results.Store(State(TaskStates.Failure) with { Error = new RemoteError("ValueError", "[\"boom\"]"u8.ToArray(), null) });

        var seen = new List<TaskSnapshot>();
        await foreach (var snapshot in host.Client.GetHandle("id").WatchAsync()) seen.Add(snapshot);

        seen.Should().ContainSingle().Which.Error!.Message.Should().Be("boom");
    }

    [Fact]
    public async Task WatchAsync_SlowReader_StillSeesTheEnd()
    {
        await using var host = new ClientHost();
        await using var states = host.Client.GetHandle("id").WatchAsync().GetAsyncEnumerator();
        await states.MoveNextAsync().Within();
        for (var i = 0; i < 1000; i++) host.Results.Push(State("PROGRESS", $"{i}"));
        host.Results.Push(State(TaskStates.Success, "5"));

        var seen = new List<TaskSnapshot>();
        while (await states.MoveNextAsync().Within()) seen.Add(states.Current);

        seen.Should().HaveCountLessThan(200);
        seen[^1].IsSuccess.Should().BeTrue();
    }
}
