using System.Security.Cryptography;
using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Serialization;

namespace CeleryNet.Redis.Tests;

/// <summary>Bodies of every size have the same envelope, though large ones are encoded in another way.</summary>
public sealed class RedisLargeMessageTests
{
    [SkippableTheory]
    [InlineData(256 * 1024)]
    [InlineData((256 * 1024) + 1)]
    [InlineData(3_000_002)]
    public async Task Publish_LargeBody_HasTheEnvelopeOfOthers(int length)
    {
        var prefix = $"t{Guid.NewGuid():N}:";
        await using var broker = new RedisBroker(ConnectionString.ParseAll(TestServers.Redis), new RedisOptions { KeyPrefix = prefix });
        await using var redis = await TestRedis.ConnectAsync(prefix: prefix);
        var sent = TestMessages.Full(withEmptyCollections: true);
        sent.Body = RandomNumberGenerator.GetBytes(length);

        await broker.PublishAsync(sent, Route.To(new QueueDefinition("q")), CancellationToken.None).Within();
        var stored = (await Task.WhenAll(redis.ListAsync("q"), redis.ListAsync($"q{TestRedis.Separator}3"), redis.ListAsync($"q{TestRedis.Separator}6"), redis.ListAsync($"q{TestRedis.Separator}9")))
            .SelectMany(list => list).Should().ContainSingle().Subject;
        await redis.DeletePrefixAsync();

        var read = Envelope.Read(Encoding.UTF8.GetBytes(stored), new WireOptions());
        read.Message.Problem.Should().BeNull();
        (read.Exchange, read.RoutingKey, read.Message.Id, read.Message.TaskName).Should().Be(("", "q", sent.Id, sent.TaskName));
        read.Message.Body.Span.SequenceEqual(sent.Body.Span).Should().BeTrue();
    }
}
