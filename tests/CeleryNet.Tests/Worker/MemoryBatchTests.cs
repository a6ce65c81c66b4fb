using System.Diagnostics.CodeAnalysis;
using CeleryNet.Brokers.Memory;
using CeleryNet.Contracts;
using CeleryNet.Results.Memory;

namespace CeleryNet.Tests.Worker;

/// <summary>Batches on the embedded broker, which all hosts of a test share.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The hosts of the test dispose them.")]
public sealed class MemoryBatchTests : BatchContract
{
    private readonly MemoryBroker _broker = new(TimeProvider.System);
    private readonly MemoryResultBackend _results = new(TimeProvider.System);

    protected override void Use(TaskQueueBuilder queue) => queue.UseBroker(_ => _broker).UseResults(_ => _results);
}
