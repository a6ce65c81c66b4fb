using CeleryNet.Contracts;
using CeleryNet.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Sql.Tests.Statements;

/// <summary>How many statements the life of a task costs when many are under way, those that begin and end transactions included.</summary>
public abstract class StatementCountContract
{
    private const int Tasks = 1000;
    private const int Callers = 100;

    private int _done;

    /// <summary>Sends and carries over connections that count.</summary>
    protected abstract void Use(TaskQueueBuilder queue, bool withResults);

    /// <summary>The statements so far.</summary>
    protected abstract IReadOnlyCollection<string> Statements { get; }

    /// <summary>How many messages there are.</summary>
    protected abstract Task<long> MessagesAsync();

    /// <summary>How many results there are.</summary>
    protected abstract Task<long> ResultsAsync();

    [SkippableTheory]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    public async Task Statements_OfTasksAtLoad_AreAtMostTwoEachAndOneForTheResult(bool withResults, int most)
    {
        await using (var sender = await StartAsync(withResults, withWorker: false))
        {
            await sender.Client.EnqueueByNameAsync("noted"); // what is done once is done
            var before = Statements.Count;
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => SendAsync(sender.Client)));
            (Statements.Count - before).Should().BeLessThanOrEqualTo(Tasks * 2, "half of what a task may cost is for the way into the database");
        }

        await using (var worker = await StartAsync(withResults, withWorker: true))
        {
            await Eventually.IsTrueAsync(() => Volatile.Read(ref _done) == Tasks + 1, TimeSpan.FromSeconds(60));
            await Eventually.IsTrueAsync(async () => await MessagesAsync() == 0);
        }

        if (withResults) (await ResultsAsync()).Should().Be(Tasks + 1);
        var statements = Statements;
        statements.Count.Should().BeLessThanOrEqualTo(Tasks * most, string.Join(Environment.NewLine, statements.GroupBy(static text => text).OrderByDescending(static group => group.Count()).Select(static group => $"{group.Count()} {group.Key}")));
        statements.Count.Should().BeGreaterThan(Tasks / 100, "or nothing was counted");
    }

    private static async Task SendAsync(ITaskClient client)
    {
        for (var i = 0; i < Tasks / Callers; i++) await client.EnqueueByNameAsync("noted");
    }

    private async Task<WorkerHost> StartAsync(bool withResults, bool withWorker)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTaskQueue(queue =>
        {
            Use(queue, withResults);
            if (withWorker) queue.AddWorker();
        });
        var noted = DelegateHandler.Returning("noted", _ => Task.FromResult(Interlocked.Increment(ref _done).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        builder.Services.AddSingleton(new TaskHandlerSet(typeof(StatementCountContract), [noted]));
        var built = builder.Build();
        await built.StartAsync().Within();
        return new WorkerHost(built);
    }
}
