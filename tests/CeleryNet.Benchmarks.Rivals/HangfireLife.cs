using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Sql;
using CeleryNet.Benchmarks.Tasks;
using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;

namespace CeleryNet.Benchmarks.Rivals;

/// <summary>Hangfire within one process: its client enqueues from every processor while its 20 workers run; ends with the last run. It keeps each job's state and result.</summary>
internal sealed class HangfireLife : IContender
{
    private const int Workers = 20;

    private readonly JobStorage _storage;
    private readonly int _callers;
    private readonly BackgroundJobServer _server;
    private readonly BackgroundJobClient _client;

    private HangfireLife(JobStorage storage, string name, int callers)
    {
        (_storage, Name, _callers) = (storage, name, callers);
        _server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = Workers }, storage);
        _client = new BackgroundJobClient(storage);
    }

    public string Name { get; }

    // Enqueue is synchronous: without a server to wait for, more callers than processors would only wait for a thread.
    internal static HangfireLife InMemory() => new(new InMemoryStorage(), "Hangfire, in memory", Environment.ProcessorCount);

    /// <summary>
    /// On the private PostgreSQL. With the defaults a worker that once found nothing would look again after 15 s; with long polling each new job would wake all of them.
    /// </summary>
    internal static HangfireLife OnPostgres()
    {
        var options = new PostgreSqlStorageOptions { QueuePollInterval = TimeSpan.FromMilliseconds(100) };
        var storage = new PostgreSqlStorage(new NpgsqlConnectionFactory(PostgresRows.ConnectionString, options), options);
        return new HangfireLife(storage, "Hangfire, PostgreSQL", Workers);
    }

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var arrivals = BenchTasks.Expect(operations);
        var meter = Meter.Start();
        var perCaller = Enumerable.Range(0, _callers).Select(caller => (operations / _callers) + (caller < operations % _callers ? 1 : 0));
        await Task.WhenAll(perCaller.Select(count => Task.Factory.StartNew(() => Send(count), deadline, TaskCreationOptions.LongRunning, TaskScheduler.Default))).WaitAsync(deadline)
            .ConfigureAwait(false);
        await arrivals.AllAsync(deadline).ConfigureAwait(false);
        return meter.Stop(operations);
    }

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        (_storage as IDisposable)?.Dispose();
        return default;
    }

    private void Send(int count)
    {
        for (var i = 0; i < count; i++) _client.Enqueue(() => HangfireJobs.Add(1, 2));
    }
}
