using CeleryNet.Contracts;
using CeleryNet.Results;
using CeleryNet.Tests.Client.Doubles;

namespace CeleryNet.Tests.Client;

public sealed class GroupHandleTests
{
    [Fact]
    public async Task GetAllAsync_InWhateverOrderTheyEnd_ReturnsTheOrderOfTheGroupAndLeavesNoSubscription()
    {
        await using var host = new ClientHost();
        var group = await SendAsync(host, 3);
        host.Results.Store(Ended(group, 1));
        var all = group.GetAllAsync();
        await Eventually.IsTrueAsync(() => host.Results.Subscriptions == 2);

        host.Results.StoreAndPush(Ended(group, 2));
        host.Results.StoreAndPush(Ended(group, 0));

        (await all.Within()).Should().Equal(0, 1, 2);
        host.Results.Subscriptions.Should().Be(0);
    }

    [Fact]
    public async Task GetAllAsync_Again_AsksNobody()
    {
        await using var host = new ClientHost();
        var group = await SendAsync(host, 3);
        for (var i = 0; i < 3; i++) host.Results.Store(Ended(group, i));
        await group.GetAllAsync().Within();
        var looks = host.Results.Looks;

        (await group.GetAllAsync().Within()).Should().Equal(0, 1, 2);
        (await group.CountAsync()).Should().Be(new GroupCounts(3, 3, 0, 0));
        host.Results.Looks.Should().Be(looks);
    }

    [Fact]
    public async Task GetAllAsync_PushThatWasLost_IsMadeUpFor()
    {
        await using var host = new ClientHost();
        var group = await SendAsync(host, 2);
        var all = group.GetAllAsync();
        for (var look = 0; look < 4; look++) await host.Results.LookedAsync(); // both members, before and after the subscription
        host.Results.Store(Ended(group, 0));
        host.Results.Store(Ended(group, 1));

        host.Time.Advance(TimeSpan.FromSeconds(5));

        (await all.Within()).Should().Equal(0, 1);
    }

    [Fact]
    public async Task GetAllAsync_WithAMemberThatFails_DoesNotWaitForTheOthers()
    {
        await using var host = new ClientHost();
        var group = await SendAsync(host, 2);
        var all = group.GetAllAsync();
        await Eventually.IsTrueAsync(() => host.Results.Subscriptions == 2);

        host.Results.StoreAndPush(new TaskResult { TaskId = group.Members[1].Id, State = TaskStates.Failure, Error = new RemoteError("ValueError", "[\"bad\"]"u8.ToArray(), "builtins") });

        (await all.Invoking(task => task.Within()).Should().ThrowAsync<RemoteTaskException>()).Which.TaskId.Should().Be(group.Members[1].Id);
        (await group.Invoking(again => again.GetAllAsync().Within()).Should().ThrowAsync<RemoteTaskException>()).Which.TaskId.Should().Be(group.Members[1].Id);
        host.Results.Subscriptions.Should().Be(0);
    }

    [Fact]
    public async Task GetAllAsync_ThatOnlyLooks_NamesTheMemberThatIsLateAndSubscribesToNothing()
    {
        await using var host = new ClientHost();
        var group = await SendAsync(host, 2);
        host.Results.Store(Ended(group, 0));

        var late = (await group.Invoking(look => look.GetAllAsync(TimeSpan.Zero).Within()).Should().ThrowAsync<ResultTimeoutException>()).Which;

        late.TaskId.Should().Be(group.Members[1].Id);
        host.Results.Subscriptions.Should().Be(0);
    }

    [Fact]
    public async Task GetAllAsync_WhenTheStoreIsAwayForAMinute_Throws()
    {
        await using var host = new ClientHost();
        var group = await SendAsync(host, 1);
        var all = group.GetAllAsync();
        await host.Results.LookedAsync();
        await host.Results.LookedAsync();
        host.Results.Outage = new BrokerUnavailableException("CN4003", "away");

        for (var seconds = 0; seconds <= 80 && !all.IsCompleted; seconds += 5) // the outage counts from when it was noticed, perhaps a look later
        {
            host.Time.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(all, host.Results.LookedAsync()).Within(); // the last look ends it
        }

        await all.Invoking(task => task.Within()).Should().ThrowAsync<BrokerUnavailableException>();
        host.Results.Subscriptions.Should().Be(0);
    }

    [Fact]
    public async Task GetAllAsync_Cancelled_ThrowsTheCallersTokenAndLeavesNoSubscription()
    {
        await using var host = new ClientHost();
        var group = await SendAsync(host, 2);
        using var cancellation = new CancellationTokenSource();
        var all = group.GetAllAsync(cancellationToken: cancellation.Token);
        await Eventually.IsTrueAsync(() => host.Results.Subscriptions == 2);

        await cancellation.CancelAsync();

        (await all.Invoking(task => task.Within()).Should().ThrowAsync<OperationCanceledException>()).Which.CancellationToken.Should().Be(cancellation.Token);
        host.Results.Subscriptions.Should().Be(0);
    }

    [Fact]
    public async Task WatchAsync_YieldsEachEndAsItComes()
    {
        await using var host = new ClientHost();
        var group = await SendAsync(host, 3);
        host.Results.Store(Ended(group, 2));
        await using var ends = group.WatchAsync().GetAsyncEnumerator();

        await ends.MoveNextAsync().Within();
        ends.Current.Value.Should().Be(2);
        host.Results.StoreAndPush(Ended(group, 0));
        await ends.MoveNextAsync().Within();
        ends.Current.Value.Should().Be(0);
        host.Results.StoreAndPush(Ended(group, 1));
        await ends.MoveNextAsync().Within();
        ends.Current.Value.Should().Be(1);

        (await ends.MoveNextAsync().Within()).Should().BeFalse();
        host.Results.Subscriptions.Should().Be(0);
    }

    private static async Task<GroupHandle<int>> SendAsync(ClientHost host, int members) =>
        await host.Client.EnqueueAsync(Canvas.Group(Enumerable.Range(0, members).Select(i => Calls.Add(i, 0))));

    // Of the member with this index, which is its result too.
    private static TaskResult Ended(GroupHandle<int> group, int index) =>
        new() { TaskId = group.Members[index].Id, State = TaskStates.Success, Value = System.Text.Encoding.UTF8.GetBytes(index.ToString(System.Globalization.CultureInfo.InvariantCulture)) };
}
