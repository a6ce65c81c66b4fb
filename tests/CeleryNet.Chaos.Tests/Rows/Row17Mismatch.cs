using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Staging;
using CeleryNet.Chaos.Tests.Workers;

namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>The queue exists with other arguments when a worker starts: the worker ends at once, and says which queue and which argument.</summary>
public sealed class Row17Mismatch() : Row("17 argument mismatch", BrokerKind.RabbitMQ)
{
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(30);

    [SkippableFact]
    public Task Queue_WithOtherArguments_EndsTheWorkerWithAHint() => RunAsync();

    /// <inheritdoc/>
    protected override Mutation Mutation { get; } = Mutation.OfWorkers("the worker declares the queue as it is", "broke off", "TaskQueue__Queues__chaos__MaxPriority", "10");

    /// <inheritdoc/>
    protected override async Task PlayAsync(Verdict verdict)
    {
        await using var stage = await StageAsync(new Scenery { Broker = Broker, Workers = 0 });
        await using var console = await RabbitMQConsole.ConnectAsync(stage.Setup.Broker);
        await console.DeclareQueueAsync(stage.Setup.Queue, new Dictionary<string, object?> { ["x-max-priority"] = 10 });

        await using var worker = WorkerProcess.Launch(stage.Setup);
        var exitCode = await worker.WaitForExitAsync(ExitLimit);

        verdict.Demand(exitCode != 0, "exit code", $"{exitCode}");
        verdict.Demand(worker.Output.Contains(stage.Setup.Queue, StringComparison.Ordinal), "queue", $"the error does not name it: {worker.Output}");
        verdict.Demand(worker.Output.Contains("x-max-priority", StringComparison.Ordinal), "property", $"the error does not name it: {worker.Output}");
        verdict.Demand(worker.Count(LogEvents.Unreachable) == 0, "hot loop", $"{worker.Count(LogEvents.Unreachable)} attempts");
    }
}
