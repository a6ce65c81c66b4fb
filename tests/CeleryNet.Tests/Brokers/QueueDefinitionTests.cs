using CeleryNet.Brokers;

namespace CeleryNet.Tests.Brokers;

public sealed class QueueDefinitionTests
{
    [Fact]
    public void Equals_SameNameAndArguments_IsTrue()
    {
        var one = new QueueDefinition("q").WithMaxPriority(5).WithDeadLetter("", "dead");
        var other = new QueueDefinition("q").WithDeadLetter("", "dead").WithMaxPriority(5);

        one.Should().Be(other);
        one.GetHashCode().Should().Be(other.GetHashCode());
        one.Should().NotBe(new QueueDefinition("q").WithMaxPriority(5));
        one.Should().NotBe(one with { IsDurable = false });
    }

    [Fact]
    public void To_DirectExchange_IsTheDefaultExchange() =>
        Route.To(new QueueDefinition("q") with { Exchange = "e", RoutingKey = "k" }).Should().Match<Route>(route => route.Exchange == "" && route.RoutingKey == "q");

    [Fact]
    public void To_TopicExchange_IsThatExchange() =>
        Route.To(new QueueDefinition("q") with { Exchange = "e", ExchangeType = "topic", RoutingKey = "k" }).Should().Match<Route>(route => route.Exchange == "e" && route.RoutingKey == "k");

    [Fact]
    public void Create_UnknownScheme_NamesThePackageToAdd()
    {
        var known = () => BrokerSchemes.Create(null!, "amqps://u:topsecret@h");
        var unknown = () => BrokerSchemes.Create(null!, "sqs://u:topsecret@h");

        known.Should().Throw<TaskQueueConfigurationException>().Which.Message.Should().Contain("CeleryNet.RabbitMQ").And.NotContain("topsecret");
        unknown.Should().Throw<TaskQueueConfigurationException>().Which.Message.Should().Contain("'sqs'").And.Contain("redis").And.NotContain("topsecret");
    }
}
