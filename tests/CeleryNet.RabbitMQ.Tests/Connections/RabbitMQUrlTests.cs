using CeleryNet.Brokers;
using CeleryNet.RabbitMQ.Connections;

namespace CeleryNet.RabbitMQ.Tests.Connections;

public sealed class RabbitMQUrlTests
{
    [Theory]
    [InlineData("amqp://", "localhost", 5672, "guest", "guest", "/")]
    [InlineData("amqp://mq1", "mq1", 5672, "guest", "guest", "/")]
    [InlineData("amqp://mq1/", "mq1", 5672, "guest", "guest", "/")]
    [InlineData("amqp://mq1//", "mq1", 5672, "guest", "guest", "/")]
    [InlineData("pyamqp://shop:pass%40word@mq1:1234/prod", "mq1", 1234, "shop", "pass@word", "prod")]
    [InlineData("amqp://mq1/%2Fprod", "mq1", 5672, "guest", "guest", "/prod")]
    [InlineData("amqp://mq1/%2F", "mq1", 5672, "guest", "guest", "/")]
    [InlineData("amqps://mq1/prod", "mq1", 5671, "guest", "guest", "prod")]
    [InlineData("amqp://mq1?ssl=true", "mq1", 5671, "guest", "guest", "/")]
    public void Read_Url_AsKombuDoes(string url, string host, int port, string user, string password, string virtualHost)
    {
        var endpoint = Read(url)[0];

        (endpoint.Host, endpoint.Port, endpoint.User, endpoint.Password, endpoint.VirtualHost).Should().Be((host, port, user, password, virtualHost));
    }

    [Fact]
    public void Read_SeveralUrls_KeepsTheirOrderAndAddsFurtherOnes()
    {
        var options = new RabbitMQOptions { FurtherUrls = { "amqp://c" } };

        var endpoints = RabbitMQSettings.From(ConnectionString.ParseAll("amqp://a;amqp://b"), options, new BrokerSettings()).Endpoints;

        endpoints.Select(endpoint => endpoint.Host).Should().Equal("a", "b", "c");
    }

    [Fact]
    public void Read_Options_GoBeforeThoseOfTheCode()
    {
        var endpoint = Read("amqp://mq1?heartbeat=30&connect_timeout=1.5&ssl_cert_reqs=CERT_NONE")[0];

        endpoint.Heartbeat.Should().Be(TimeSpan.FromSeconds(30));
        endpoint.ConnectTimeout.Should().Be(TimeSpan.FromSeconds(1.5));
        endpoint.UsesTls.Should().BeTrue();
        endpoint.ServerCertificateValidation.Should().NotBeNull();
    }

    [Theory]
    [InlineData("amqp://u:S3cr3t!@mq1/?hartbeat=1", "hartbeat")]
    [InlineData("amqp://u:S3cr3t!@mq1/?heartbeat=soon", "heartbeat")]
    [InlineData("amqp://u:S3cr3t!@mq1/?ssl=perhaps", "ssl")]
    [InlineData("amqps://u:S3cr3t!@mq1/?ssl=false", "ssl")]
    [InlineData("amqp://u:S3cr3t!@mq1/?ssl_cert_reqs=SOME", "ssl_cert_reqs")]
    [InlineData("amqp://u:S3cr3t!@mq1/?ssl_ca_certs=/does/not/exist", "/does/not/exist")]
    public void Read_WrongOption_IsNamedWithoutThePassword(string url, string named)
    {
        var read = () => Read(url);

        var message = read.Should().Throw<TaskQueueConfigurationException>().Which.ToString();
        message.Should().Contain(named).And.NotContain("S3cr3t!");
    }

    [Fact]
    public void Validate_WrongOptions_NamesEachWithItsRange()
    {
        var options = new RabbitMQOptions { ConfirmWindow = 0, HeartbeatInterval = TimeSpan.FromHours(1), LivenessInterval = TimeSpan.Zero, ConnectTimeout = TimeSpan.Zero };

        var validate = options.Validate;

        validate.Should().Throw<TaskQueueConfigurationException>().WithMessage("*HeartbeatInterval*ConnectTimeout*ConfirmWindow is 0*LivenessInterval*[CN1001]");
    }

    private static IReadOnlyList<RabbitMQEndpoint> Read(string url) => RabbitMQSettings.From(ConnectionString.ParseAll(url), new RabbitMQOptions(), new BrokerSettings()).Endpoints;
}
