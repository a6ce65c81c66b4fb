using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Results;

namespace CeleryNet.Sql.Tests;

/// <summary>What somebody reads whose database cannot be used: what failed, where, why, and what to do. Grouped by database.</summary>
public sealed partial class FirstHourTests(PostgresSchema schema) : IClassFixture<PostgresSchema>
{
    // The worker, the client and the results say the same.
    private static async Task SaysAsync(string url, string place, string reason, TimeSpan patience)
    {
        var services = new TestServices(new BrokerSettings { PublishTimeout = patience });
        await using var broker = new SqlBroker(ConnectionString.ParseAll(url)[0], null, services);
        await using var results = new SqlResultBackend(ConnectionString.ParseAll(url)[0], null, services);
        var queue = new QueueDefinition("work");
        var message = TestMessages.New();

        var consume = async () => await broker.ConsumeAsync(new ConsumerSettings { Queues = [queue], Prefetch = 1, NodeName = "celery@tests" }, CancellationToken.None);
        var publish = async () => await broker.PublishAsync(message, Route.To(queue), CancellationToken.None);
        var store = async () => await results.StoreAsync(new TaskResult { TaskId = "1", State = TaskStates.Success }, default, CancellationToken.None);

        (await consume.Should().ThrowAsync<BrokerUnavailableException>()).Which.Message.Should().Be($"{place}: queue 'work' was not declared: {reason} [CN3001]");
        (await publish.Should().ThrowAsync<PublishException>()).Which.Message.Should().Be($"{place} did not take 1 task(s), the first of them {message.Id}: {reason} [CN1005]");
        (await store.Should().ThrowAsync<BrokerUnavailableException>()).Which.Message.Should().Be($"The results in {place} cannot be reached: {reason} [CN4003]");
    }
}
