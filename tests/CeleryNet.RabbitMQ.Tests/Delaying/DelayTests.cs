using CeleryNet.Brokers;
using CeleryNet.RabbitMQ.Delaying;

namespace CeleryNet.RabbitMQ.Tests.Delaying;

public sealed class DelayTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private const string Zeros22 = "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.";

    [Theory]
    [InlineData(1, Zeros22 + "0.0.0.0.0.1.q")]
    [InlineData(5, Zeros22 + "0.0.0.1.0.1.q")] // the example of Celery's documentation
    [InlineData(63, Zeros22 + "1.1.1.1.1.1.q")]
    public void KeyOf_Seconds_AreTwentyEightDigitsBeforeTheDestination(long seconds, string key) => DelayedLayout.KeyOf(seconds, "q").Should().Be(key);

    [Fact]
    public void AddressAt_FractionsOfSeconds_AreRoundedDown() =>
        NewDelay(Now.AddSeconds(5.999)).AddressAt(Now)!.Value.RoutingKey.Should().StartWith(Zeros22 + "0.0.0.1.0.1.");

    [Fact]
    public void AddressAt_LongerThanTheLayoutKnows_IsTheLongest() =>
        NewDelay(Now.AddYears(20)).AddressAt(Now)!.Value.RoutingKey.Should().StartWith(string.Concat(Enumerable.Repeat("1.", 28)));

    [Theory]
    [InlineData(1, "celery_delayed_0")]
    [InlineData(6, "celery_delayed_2")]
    [InlineData(DelayedLayout.LongestSeconds, "celery_delayed_27")]
    public void AddressAt_AnyDelay_EntersAtItsFirstOne(long seconds, string exchange) => NewDelay(Now.AddSeconds(seconds)).AddressAt(Now)!.Value.Exchange.Should().Be(exchange);

    [Fact]
    public void AddressAt_DueWithinASecond_IsNone() => NewDelay(Now.AddSeconds(0.9)).AddressAt(Now).Should().BeNull();

    [Fact]
    public void Of_QueueOfADirectExchange_IsTheQueueAlone()
    {
        var destination = DelayedDestination.Of(Route.To(new QueueDefinition("a.b")))!;

        destination.IsExchange.Should().BeFalse();
        destination.BindingKey.Should().Be(string.Concat(Enumerable.Repeat("*.", 28)) + "a.b.celerynet-queue");
    }

    [Fact]
    public void Of_TopicExchange_IsTheExchangeUnderCelerysKey()
    {
        var destination = DelayedDestination.Of(Route.To(new QueueDefinition("q") { Exchange = "x", ExchangeType = "topic", RoutingKey = "k.l" }))!;

        destination.IsExchange.Should().BeTrue();
        destination.Suffix.Should().Be("k.l");
    }

    [Theory]
    [InlineData("a.*.b")]
    [InlineData("#")]
    [InlineData("x.#")]
    public void Of_NameWithAWildcard_IsNone(string name) => DelayedDestination.Of(Route.To(new QueueDefinition(name))).Should().BeNull("its binding would match other queues");

    [Fact]
    public void Of_StarWithinAWord_IsNoWildcard() => DelayedDestination.Of(Route.To(new QueueDefinition("a*b"))).Should().NotBeNull();

    [Theory]
    [InlineData(183, true)]
    [InlineData(184, false)]
    public void Of_LongName_FitsIntoAKeyOrIsNone(int length, bool fits) =>
        (DelayedDestination.Of(Route.To(new QueueDefinition(new string('q', length)))) is { BindingKey.Length: <= 255 }).Should().Be(fits);

    [Fact]
    public void Of_RouteWithoutQueue_IsNone() => DelayedDestination.Of(new Route("x", "k", null)).Should().BeNull();

    private static Delay NewDelay(DateTimeOffset due) => new(DelayedDestination.Of(new QueueDefinition("q"))!, due); // a plain name has one
}
