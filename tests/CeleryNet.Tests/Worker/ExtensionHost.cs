using CeleryNet.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Tests.Worker;

/// <summary>A host on the embedded broker with one slot, for code of users around the tasks.</summary>
internal sealed class ExtensionHost(IHost host) : IAsyncDisposable
{
    private readonly Notes _notes = host.Services.GetRequiredService<Notes>(); // to be read after the end of the host, too

    internal ITaskClient Client => host.Services.GetRequiredService<ITaskClient>();

    internal IReadOnlyList<string> Notes => _notes.All;

    internal static async Task<ExtensionHost> StartAsync(Action<TaskQueueBuilder> configure, params TaskHandler[] tasks)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<Notes>().AddScoped<Scoped>();
        builder.Services.AddTaskQueue(queue =>
        {
            queue.UseInMemory().AddWorker(worker => (worker.Concurrency, worker.NodeName) = (1, "w@tests"));
            configure(queue);
        });
        builder.Services.AddSingleton(new TaskHandlerSet(typeof(ExtensionHost), tasks));
        var built = builder.Build();
        await built.StartAsync();
        return new ExtensionHost(built);
    }

    internal Task StopAsync() => host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }
}

/// <summary>What happened, in order.</summary>
internal sealed class Notes
{
    private readonly List<string> _notes = [];
    private int _scopes;

    internal IReadOnlyList<string> All
    {
        get
        {
            lock (_notes) return [.. _notes];
        }
    }

    internal void Add(string note)
    {
        lock (_notes) _notes.Add(note);
    }

    internal int NextScope() => Interlocked.Increment(ref _scopes);
}

/// <summary>One for each scope.</summary>
internal sealed class Scoped(Notes notes)
{
    internal int Number { get; } = notes.NextScope();
}
