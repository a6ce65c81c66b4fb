using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests;

/// <summary>What a worker promises, kept on a real RabbitMQ with its rpc results.</summary>
public sealed class RabbitMQWorkerTests : WorkerContract
{
    protected override void Use(TaskQueueBuilder queue) => queue.UseRabbitMQ(TestServers.RabbitMQ).UseRpcResults();

    protected override bool HasSharedResults => false;

    protected override Task CleanUpAsync() => RawServer.DeleteAsync([Queue, $"{Queue}.dead", $"{Queue}.other"]);
}
