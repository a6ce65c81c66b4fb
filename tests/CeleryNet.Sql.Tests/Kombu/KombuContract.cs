using System.Collections.Concurrent;
using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Sql.Tests.Pickling;
using CeleryNet.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit.Sdk;

namespace CeleryNet.Sql.Tests.Kombu;

/// <summary>Debian's Celery sends on kombu's SQL transport, and workers of .NET run what it sends.</summary>
public abstract class KombuContract : IAsyncLifetime
{
    private const string Script = "kombu_peer.py";

    private readonly ConcurrentBag<string> _ran = [];
    private readonly List<IAsyncDisposable> _owned = [];

    /// <summary>The queue of the test.</summary>
    protected string Queue { get; } = $"tests-{Guid.NewGuid():n}";

    /// <summary>The broker as .NET names it.</summary>
    protected abstract string Url { get; }

    /// <summary>The same database as Celery's broker names it.</summary>
    protected abstract string PythonUrl { get; }

    /// <summary>The same database as Celery's result backend.</summary>
    protected abstract string ResultUrl { get; }

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var owned in Enumerable.Reverse(_owned)) await owned.DisposeAsync();
    }

    [SkippableFact]
    public async Task Producer_OfPython_IsServedAndGetsItsResults()
    {
        await StartAsync();

        var results = await SendAsync("send", 40);

        results.Should().HaveCount(40).And.OnlyContain(result => result == "dotnet");
        _ran.Should().HaveCount(40).And.OnlyHaveUniqueItems();
        (await ScalarAsync("select count(*) from kombu_message")).Should().Be(0, "what was moved is gone there");
    }

    [SkippableFact]
    public async Task Producer_BeforeThereIsAWorker_IsServedByTheFirstOne()
    {
        var sending = SendAsync("send", 5);
        await Eventually.IsTrueAsync(async () => await TablesAsync() == 2 && await ScalarAsync("select count(*) from kombu_message") == 5, TimeSpan.FromSeconds(60));

        await StartAsync();

        (await sending).Should().HaveCount(5).And.OnlyContain(result => result == "dotnet");
    }

    [SkippableFact]
    public async Task Task_ForLater_WaitsInItsRow()
    {
        var host = await StartAsync();

        var ids = await SendAsync("later", 3);

        var browser = (IQueueBrowser)host.Services.GetRequiredService<IBroker>();
        await Eventually.IsTrueAsync(async () => await browser.InspectAsync(Queue, CancellationToken.None) == new QueueCounts(0, 0, 3));
        _ran.Should().BeEmpty();
        ids.Should().HaveCount(3);
    }

    [SkippableFact]
    public async Task Queue_SharedByWorkersOfBothLanguages_RunsEachTaskOnce()
    {
        await Python.RunAsync(Script, "", "prepare", PythonUrl, ResultUrl, Queue);
        var printed = new ConcurrentQueue<string?>();
        using var python = Python.Start(Script, printed, "work", PythonUrl, ResultUrl, Queue);

        try
        {
            // Python, which looks once a second, may get nothing beside workers of .NET, so it begins alone.
            var results = await SendAsync("send", 40);
            await StartAsync();
            await StartAsync();
            for (var round = 0; round < 20 && !results.Contains("dotnet"); round++) results.AddRange(await SendAsync("send", 40));
            results.Should().Contain("python").And.Contain("dotnet");
            _ran.Should().HaveCount(results.Count(result => result == "dotnet"), "what one has taken the other does not see").And.OnlyHaveUniqueItems();
        }
        catch (Exception error)
        {
            throw new XunitException($"{error.Message}{Environment.NewLine}Python's worker printed:{Environment.NewLine}{string.Join(Environment.NewLine, printed)}", error);
        }
        finally
        {
            python.Kill(entireProcessTree: true);
            await python.WaitForExitAsync();
        }
    }

    /// <summary>Asks as a plain client of the database would.</summary>
    protected abstract Task<long> ScalarAsync(string sql);

    /// <summary>How many of kombu's two tables there are.</summary>
    protected abstract Task<long> TablesAsync();

    private async Task<List<string>> SendAsync(string command, int count) =>
        JsonSerializer.Deserialize<List<string>>(await Python.RunAsync(Script, "", command, PythonUrl, ResultUrl, Queue, $"{count}"))!; // it prints a list

    private async Task<IHost> StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTaskQueue(queue => queue
            .UseBroker(services => new SqlBroker(ConnectionString.ParseAll(Url)[0], null, services))
            .UseCeleryDatabaseResults(ResultUrl)
            .DefaultQueue(Queue)
            .AddWorker(worker => worker.Concurrency = 4));
        var where = DelegateHandler.Returning("tests.where", context =>
        {
            _ran.Add(context.Id);
            return Task.FromResult("dotnet");
        });
        builder.Services.AddSingleton(new TaskHandlerSet(typeof(KombuContract), [where]));
        var host = builder.Build();
        _owned.Add((IAsyncDisposable)host);
        await host.StartAsync().Within();
        return host;
    }
}
