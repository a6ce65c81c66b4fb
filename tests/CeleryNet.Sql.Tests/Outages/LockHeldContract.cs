using System.Collections.Concurrent;
using System.Data.Common;
using CeleryNet.Contracts;
using CeleryNet.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Sql.Tests.Outages;

/// <summary>Somebody else holds everything for twelve seconds, which is longer than a call waits, while tasks are sent and run.</summary>
public abstract class LockHeldContract
{
    // A call waits five seconds. In the middle of the third one: at the end of one nobody could say whether it was taken.
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(12);

    private readonly ConcurrentQueue<string> _ran = [];

    [SkippableFact]
    public async Task Lock_HeldForTwelveSeconds_IsToldClearlyAndLosesNothing()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTaskQueue(queue =>
        {
            Use(queue);
            queue.AddWorker();
        });
        var noted = DelegateHandler.Returning("noted", context =>
        {
            _ran.Enqueue(context.Id);
            return Task.FromResult("done");
        });
        builder.Services.AddSingleton(new TaskHandlerSet(typeof(LockHeldContract), [noted]));
        var built = builder.Build();
        await built.StartAsync().Within();
        await using var host = new WorkerHost(built);
        var handles = new List<TaskHandle<string>> { await SendAsync(host, "warm", []) };
        await handles[0].GetAsync(TimeSpan.FromSeconds(10));
        var refused = new ConcurrentQueue<PublishException>();

        var (connection, holding) = await LockAsync();
        var sending = Task.WhenAll(Enumerable.Range(0, 20).Select(i => SendAsync(host, $"task-{i}", refused)));
        await Task.Delay(Held); // what is tested is a span of time
        await holding.DisposeAsync();
        await connection.DisposeAsync();
        handles.AddRange(await sending.Within(TimeSpan.FromSeconds(30)));

        foreach (var handle in handles) (await handle.GetAsync(TimeSpan.FromSeconds(30))).Should().Be("done");
        _ran.Should().OnlyHaveUniqueItems("nothing was sent that was said to be refused").And.HaveCount(21);
        refused.Should().NotBeEmpty("a call waits five seconds").And.OnlyContain(error => error.Message.Contains(Reason) && !error.Message.Contains("database is locked") && !error.MayHaveBeenTaken);
    }

    /// <summary>Broker and results.</summary>
    protected abstract void Use(TaskQueueBuilder queue);

    /// <summary>Holds what everybody needs until it is disposed.</summary>
    protected abstract Task<(DbConnection Connection, DbTransaction Transaction)> LockAsync();

    /// <summary>What a caller reads.</summary>
    protected abstract string Reason { get; }

    // As a caller does that wants it sent: what was certainly not taken is sent again.
    private static async Task<TaskHandle<string>> SendAsync(WorkerHost host, string id, ConcurrentQueue<PublishException> refused)
    {
        while (true)
        {
            try
            {
                return await host.Client.EnqueueByNameAsync<string>("noted", configure: options => options.TaskId = $"{id}-{Guid.NewGuid():n}");
            }
            catch (PublishException error)
            {
                refused.Enqueue(error);
            }
        }
    }
}
