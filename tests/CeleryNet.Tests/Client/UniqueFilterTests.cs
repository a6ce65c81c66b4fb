using CeleryNet.Serialization;
using CeleryNet.Tasks;
using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet.Tests.Client;

/// <summary>A unique task goes through the client's filters as any other does.</summary>
public sealed class UniqueFilterTests
{
    private static readonly TaskDefinition Unique = new("unique", null, new TaskConditions(static (in TaskBody _, WireOptions _) => ["a"]) { Unique = new UniqueRule { For = TimeSpan.FromMinutes(1) } });

    [Fact]
    public async Task Enqueue_OfAUniqueTask_RunsTheFilters()
    {
        var filter = new CountingFilter();
        var services = new ServiceCollection();
        services.AddSingleton(filter);
        services.AddTaskQueue(queue => queue.UseInMemory().AddClientFilter<CountingFilter>());
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<ITaskClient>();

        var first = await client.EnqueueAsync(new Signature(Unique, TaskArguments.None));
        var second = await client.EnqueueAsync(new Signature(Unique, TaskArguments.None));

        filter.Count.Should().Be(2);
        (second.Id, second.IsDuplicate).Should().Be((first.Id, true));
    }

    private sealed class CountingFilter : ITaskClientFilter
    {
        internal int Count { get; private set; }

        public Task InvokeAsync(TaskSending sending, TaskSendDelegate next)
        {
            Count++;
            return next();
        }
    }
}
