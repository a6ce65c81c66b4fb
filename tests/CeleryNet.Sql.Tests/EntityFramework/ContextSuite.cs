using CeleryNet.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Sql.Tests.EntityFramework;

/// <summary>An application with a context and a worker that does one task at a time.</summary>
public abstract class ContextSuite : IAsyncLifetime
{
    private IHost? _host;

    /// <summary>The queue of the test.</summary>
    protected string Queue { get; } = $"tests-{Guid.NewGuid():n}";

    /// <summary>What was warned of.</summary>
    protected IEnumerable<string> Warned => _host!.Services.GetServices<ILoggerProvider>().OfType<Warnings>().Single().Lines; // it was started

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_host is null) return;
        await _host.StopAsync().Within();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    /// <summary>Starts it; what it gives makes contexts.</summary>
    protected async Task<IDbContextFactory<ShopContext>> StartAsync(Action<TaskQueueBuilder> useBroker, Action<DbContextOptionsBuilder> useDatabase)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<ILoggerProvider, Warnings>();
        builder.Services.AddSingleton<BillLog>();
        builder.Services.AddTaskQueue(queue =>
        {
            useBroker(queue);
            queue.DefaultQueue(Queue).AddTasks().AddWorker(worker =>
            {
                worker.Queues(Queue);
                worker.Concurrency = 1;
            });
        });
        builder.Services.AddPooledDbContextFactory<ShopContext>((services, options) =>
        {
            useDatabase(options);
            options.UseCeleryNet(services);
        });
        _host = builder.Build();
        var contexts = _host.Services.GetRequiredService<IDbContextFactory<ShopContext>>();
        await using (var context = await contexts.CreateDbContextAsync()) await context.Database.ExecuteSqlRawAsync(context.Database.GenerateCreateScript());
        await _host.StartAsync().Within();
        return contexts;
    }

    /// <summary>What was done so far: a task that is sent last ends what is counted.</summary>
    protected async Task<List<string>> DoneAsync(IDbContextFactory<ShopContext> contexts)
    {
        await using var context = await contexts.CreateDbContextAsync();
        context.Enqueue(BillTasks.BillTask("last"));
        await context.SaveChangesAsync();
        return await _host!.Services.GetRequiredService<BillLog>().UntilAsync("last"); // it was started
    }

    /// <summary>The names of the orders that are saved.</summary>
    protected static async Task<List<string>> OrdersAsync(IDbContextFactory<ShopContext> contexts)
    {
        await using var context = await contexts.CreateDbContextAsync();
        return await context.Orders.OrderBy(order => order.Id).Select(order => order.Name).ToListAsync();
    }
}
