using CeleryNet.Messages;
using CeleryNet.Worker;

namespace CeleryNet.Tests.Worker;

/// <summary>A task without handler, where another version of the worker may have one.</summary>
public sealed class UnknownTaskTests
{
    [Fact]
    public async Task Deliver_Unknown_GoesBackWithADelay()
    {
        await using var fixture = await Fixture().StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("who.knows"));

        (await fixture.Broker.NextAsync()).Should().Be("publish celery");
        (await fixture.Broker.NextAsync()).Should().Be("Acknowledge");
        var next = fixture.Broker.Published[0].Message;
        next.Eta.Should().Be(fixture.Time.GetUtcNow() + TimeSpan.FromSeconds(1));
        next.CustomHeaders![TaskHeaders.UnknownSince].Should().Be(fixture.Time.GetUtcNow().ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(40, 40)]
    [InlineData(300, 60)]
    public async Task Deliver_UnknownForAWhile_WaitsLonger(int age, int delay)
    {
        await using var fixture = await Fixture().StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("who.knows", change: Aged(fixture, age)));

        await fixture.Broker.NextAsync();
        (fixture.Broker.Published[0].Message.Eta - fixture.Time.GetUtcNow()).Should().Be(TimeSpan.FromSeconds(delay));
    }

    [Fact]
    public async Task Deliver_UnknownForTooLong_Fails()
    {
        await using var fixture = await Fixture().StartAsync();

        fixture.Broker.Deliver(WorkerFixture.Message("who.knows", change: Aged(fixture, 601)));

        (await fixture.Broker.NextAsync()).Should().Be("store FAILURE");
        (await fixture.Broker.NextAsync()).Should().Be("publish celery.dead");
        fixture.Broker.Stored[0].Error!.Type.Should().Be("NotRegistered");
    }

    [Fact]
    public async Task Deliver_UnknownAndNotDue_IsJudgedWhenItIsDue()
    {
        await using var fixture = await Fixture().StartAsync();
        var eta = fixture.Time.GetUtcNow() + TimeSpan.FromSeconds(5);

        fixture.Broker.Deliver(WorkerFixture.Message("who.knows", change: message => message.Eta = eta));
        var next = fixture.Broker.NextAsync();
        while (!next.IsCompleted)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await next).Should().Be("publish celery");
        fixture.Broker.Published[0].Message.Eta.Should().BeAfter(eta);
    }

    private static WorkerFixture Fixture() => new() { Options = { UnknownTasks = UnknownTaskPolicy.GiveBack } };

    private static Action<TaskMessage> Aged(WorkerFixture fixture, int seconds) =>
        message => message.SetHeader(TaskHeaders.UnknownSince, fixture.Time.GetUtcNow().ToUnixTimeSeconds() - seconds);
}
