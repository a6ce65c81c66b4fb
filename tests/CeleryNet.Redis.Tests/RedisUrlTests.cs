using CeleryNet.Brokers;

namespace CeleryNet.Redis.Tests;

/// <summary>Connection strings, without a server.</summary>
public sealed class RedisUrlTests
{
    [Theory]
    [InlineData("redis://", "redis://")]
    [InlineData("redis://localhost", "redis://localhost")]
    [InlineData("redis://:S3cr3t!@cache:6380/4", "redis://:***@cache:6380/4")]
    [InlineData("rediss://default:S3cr3t!@cache/4?ssl_cert_reqs=CERT_NONE", "rediss://default:***@cache/4")]
    [InlineData("redis://a?visibility_timeout=60&global_keyprefix=x:&health_check_interval=25&socket_timeout=2.5", "redis://a")]
    public async Task Create_UrlOfKombu_IsAcceptedAndShownWithoutPassword(string url, string shown)
    {
        await using var broker = new RedisBroker(ConnectionString.ParseAll(url));
        await using var results = new RedisResultBackend(ConnectionString.ParseAll(url));

        broker.Address.Should().Be(shown);
        results.Address.Should().Be(shown);
    }

    [Theory]
    [InlineData("redis://worker@cache", "*worker*without a password*")]
    [InlineData("redis://:S3cr3t!@cache/zero", "*number of the database*")]
    [InlineData("redis://cache?colour=red", "*colour*unknown*")]
    [InlineData("redis://cache?visibility_timeout=soon", "*visibility_timeout*soon*seconds*")]
    [InlineData("rediss://cache?ssl_cert_reqs=perhaps", "*ssl_cert_reqs*perhaps*")]
    [InlineData("redis://cache?visibility_timeout=0.5", "*VisibilityTimeout*at least 1 second*")]
    [InlineData("http://cache", "*scheme must be redis or rediss*")]
    public void Create_UnusableUrl_SaysWhyWithoutPassword(string url, string why)
    {
        var create = () => new RedisBroker(ConnectionString.ParseAll(url));

        create.Should().Throw<TaskQueueConfigurationException>().WithMessage(why).Which.Message.Should().NotContain("S3cr3t").And.EndWith("[CN1001]");
    }

    [Fact]
    public void Create_WrongOption_NamesOptionValueAndRange()
    {
        var create = () => new RedisBroker(ConnectionString.ParseAll("redis://cache"), new RedisOptions { PrioritySteps = [3, 1] });

        create.Should().Throw<TaskQueueConfigurationException>().WithMessage("*PrioritySteps is [3, 1] but must ascend from 0*");
    }
}
