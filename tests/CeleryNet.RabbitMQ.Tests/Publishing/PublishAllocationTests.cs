using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests.Publishing;

/// <summary>Runs alone, since it counts what the whole process allocates.</summary>
[CollectionDefinition(nameof(PublishAllocationTests), DisableParallelization = true)]
[Collection(nameof(PublishAllocationTests))]
public sealed class PublishAllocationTests
{
    [SkippableFact]
    public async Task PublishMany_Warm_AllocatesAtMostThreeKilobytesEach()
    {
        const int Count = 2000, Limit = 3277; // 3.2 KiB, the client library's own part included
        var queue = new QueueDefinition($"tests-{Guid.NewGuid():N}");
        await using var broker = TestBrokers.Create();
        var messages = Enumerable.Range(0, Count).Select(_ => new OutgoingMessage(TestMessages.New(), Route.To(queue))).ToList();
        await broker.PublishManyAsync(messages, CancellationToken.None).Within(TimeSpan.FromSeconds(30));

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await broker.PublishManyAsync(messages, CancellationToken.None).Within(TimeSpan.FromSeconds(30));
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / Count;
        await RawServer.DeleteAsync([queue.Name]);

        each.Should().BeLessThan(Limit);
    }
}
