using System.Net;
using System.Net.Sockets;
using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.Redis.Tests;

/// <summary>What somebody reads whose server cannot be used: what failed, at which address, why, and what to do.</summary>
public sealed class FirstHourTests : RedisTestBase
{
    private const string WayOut = "Check that the server runs, its address, its password and the number of the database.";
    private const string NothingThere = "nothing answers there, or no Redis server does";
    private const string OtherPassword = "the server wants a password, or another name or password than the URL has";

    [SkippableFact]
    public async Task NoServer()
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var port = ((IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();

        await SaysAsync($"redis://127.0.0.1:{port}/0", NothingThere);
    }

    [SkippableFact]
    public async Task PasswordMissing()
    {
        await using var server = await RedisServer.StartAsync("open sesame");

        await SaysAsync($"redis://127.0.0.1:{server.Port}/0", OtherPassword);
    }

    [SkippableFact]
    public async Task WrongPassword()
    {
        await using var server = await RedisServer.StartAsync("open sesame");

        await SaysAsync($"redis://:sesame@127.0.0.1:{server.Port}/0", OtherPassword);
    }

    [SkippableFact]
    public async Task NoSuchDatabase()
    {
        await using var server = await RedisServer.StartAsync();

        await SaysAsync($"redis://127.0.0.1:{server.Port}/99", "The database does not exist on the server: 99");
    }

    [SkippableFact]
    public async Task OtherServer()
    {
        var rabbit = ConnectionString.ParseAll(TestServers.RabbitMQ)[0];

        await SaysAsync($"redis://{rabbit.Host}:{rabbit.Port}/0", NothingThere);
    }

    // The worker and the client say the same.
    private async Task SaysAsync(string url, string reason)
    {
        var message = $"Redis at {url.Replace(":sesame@", ":***@", StringComparison.Ordinal)} could not be reached within * s: {reason}. {WayOut}";
        var broker = NewBroker(url: url, publishTimeout: TimeSpan.FromSeconds(1));

        var consume = async () => await ConsumeAsync(broker);
        var publish = async () => await PublishAsync(broker);

        (await consume.Should().ThrowAsync<BrokerUnavailableException>()).WithMessage($"{message} [CN3001]");
        (await publish.Should().ThrowAsync<PublishException>()).WithMessage($"Task * for queue 'work' was not confirmed by *: {message} It was not taken; send it again when the server serves. [CN1005]");
    }
}
