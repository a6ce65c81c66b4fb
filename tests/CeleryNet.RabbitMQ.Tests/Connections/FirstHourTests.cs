using System.Net;
using System.Net.Sockets;
using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests.Connections;

/// <summary>What somebody reads whose broker cannot be reached: what failed, at which address, why, and what to do.</summary>
public sealed class FirstHourTests
{
    private const string WayOut = "Check that it runs, the address, the user and the virtual host";
    private const string ShortWait = "?connect_timeout=1";

    [SkippableFact]
    public async Task NoServer()
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var port = ((IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();

        await SaysAsync($"amqp://guest:guest@127.0.0.1:{port}/{ShortWait}", $"RabbitMQ cannot be reached (amqp://guest:***@127.0.0.1:{port}/: Connection refused). {WayOut}");
    }

    [SkippableFact]
    public Task WrongPassword() => SaysAsync(
        $"amqp://guest:wrong@{Server}/",
        $"RabbitMQ cannot be reached (amqp://guest:***@{Server}/: ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile). {WayOut}");

    [SkippableFact]
    public Task UnknownVirtualHost() => SaysAsync(
        $"amqp://guest:guest@{Server}/shop",
        "530 NOT_ALLOWED - vhost shop not found; create that virtual host, or correct the last part of the URL",
        before: $"RabbitMQ at amqp://guest:***@{Server}/shop cannot be consumed from: ");

    [SkippableFact]
    public async Task OtherServer()
    {
        var redis = ConnectionString.ParseAll(TestServers.Redis)[0];

        await SaysAsync($"amqp://guest:guest@{redis.Host}:{redis.Port}/{ShortWait}", $"RabbitMQ cannot be reached (amqp://guest:***@{redis.Host}:{redis.Port}/: no answer within 1 s). {WayOut}");
    }

    private static string Server
    {
        get
        {
            var server = ConnectionString.ParseAll(TestServers.RabbitMQ)[0];
            return $"{server.Host}:{server.Port}";
        }
    }

    // The worker and the client say the same.
    private static async Task SaysAsync(string url, string message, string before = "")
    {
        var queue = new QueueDefinition($"tests-{Guid.NewGuid():N}");
        await using var broker = TestBrokers.Create(url, publishTimeout: TimeSpan.FromSeconds(1));

        var consume = async () => await broker.ConsumeAsync(new ConsumerSettings { Queues = [queue], Prefetch = 1, NodeName = "celery@tests" }, CancellationToken.None).Within();
        var publish = async () => await broker.PublishAsync(TestMessages.New(), Route.To(queue), CancellationToken.None).Within();

        (await consume.Should().ThrowAsync<BrokerUnavailableException>()).WithMessage($"{before}{message}* [CN3001]");
        (await publish.Should().ThrowAsync<PublishException>()).WithMessage($"*was not taken by *: there is no connection to it ({message}). Send it again later, or raise the publish timeout. [CN1005]");
    }
}
