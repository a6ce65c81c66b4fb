using CeleryNet.Benchmarks.Tasks;
using MassTransit;

namespace CeleryNet.Benchmarks.Rivals;

/// <summary>MassTransit's form of the task.</summary>
public sealed class AddConsumer : IConsumer<Add>
{
    /// <inheritdoc/>
    public Task Consume(ConsumeContext<Add> context)
    {
        BenchTasks.Add(context.Message.X, context.Message.Y);
        return Task.CompletedTask;
    }
}
