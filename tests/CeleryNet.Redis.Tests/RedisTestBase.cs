using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.Redis;
using CeleryNet.Serialization;

namespace CeleryNet.Redis.Tests;

/// <summary>Brokers with a key prefix of their own, so that a test's unacked set is not shared with others.</summary>
public abstract class RedisTestBase : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _owned = [];
    private TestRedis? _redis;

    protected string Prefix { get; } = $"t{Guid.NewGuid():N}:";

    protected QueueDefinition Queue { get; } = new("work");

    protected TestRedis Redis => _redis ?? throw new InvalidOperationException("Not connected.");

    public virtual async Task InitializeAsync()
    {
        try
        {
            _redis = await TestRedis.ConnectAsync(prefix: Prefix);
        }
        catch (SkipException)
        {
            // the test asks for the server itself, and skips there
        }
    }

    public virtual async Task DisposeAsync()
    {
        foreach (var owned in Enumerable.Reverse(_owned)) await owned.DisposeAsync();
        if (_redis is null) return;
        await _redis.DeletePrefixAsync();
        await _redis.DisposeAsync();
    }

    protected T Own<T>(T owned) where T : IAsyncDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    protected RedisBroker NewBroker(Action<RedisOptions>? configure = null, TimeProvider? time = null, string? url = null, TimeSpan? publishTimeout = null)
    {
        var options = new RedisOptions { KeyPrefix = Prefix };
        configure?.Invoke(options);
        var settings = new BrokerSettings { PublishTimeout = publishTimeout ?? TimeSpan.FromSeconds(5) };
        return Own(new RedisBroker(ConnectionString.ParseAll(url ?? TestServers.Redis), options, time is null ? new TestServices(settings) : new TestServices(settings, time)));
    }

    protected async Task<IBrokerConsumer> ConsumeAsync(RedisBroker broker, int prefetch = 10, params QueueDefinition[] queues) =>
        await broker.ConsumeAsync(new ConsumerSettings { Queues = queues.Length == 0 ? [Queue] : queues, Prefetch = prefetch, NodeName = "celery@tests" }, CancellationToken.None).Within();

    protected async Task<TaskMessage> PublishAsync(RedisBroker broker, byte priority = 0, QueueDefinition? queue = null)
    {
        var message = TestMessages.New();
        message.Priority = priority;
        await broker.PublishAsync(message, Route.To(queue ?? Queue), CancellationToken.None).Within();
        return message;
    }

    /// <summary>A message as a foreign producer pushes it.</summary>
    protected static byte[] NewEnvelope()
    {
        using var buffer = WireBuffer.Rent();
        Envelope.Write(buffer.Json, TestMessages.New(), "", "work", Guid.NewGuid());
        buffer.Flush();
        return buffer.Span.ToArray();
    }
}
