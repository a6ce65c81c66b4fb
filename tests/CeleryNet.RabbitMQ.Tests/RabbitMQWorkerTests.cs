using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests;

/// <summary>What a worker promises, kept on a real RabbitMQ with its rpc results.</summary>
public sealed class RabbitMQWorkerTests : WorkerContract
{
    protected override bool KnowsWhatIsHeld => false;

    protected override void Use(TaskQueueBuilder queue) => queue.UseRabbitMQ(TestServers.RabbitMQ).UseRpcResults();

    protected override Task CleanUpAsync() => RawServer.DeleteAsync([Queue, $"{Queue}.dead", Other, $"{Other}.dead", Prioritized, $"{Queue}.nobody"]);
}
