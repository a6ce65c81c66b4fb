using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests.Staging;

/// <summary>A place for a worker: one process after the other, always with the same configuration.</summary>
public sealed class WorkerSeat(Setup setup, IReadOnlyDictionary<string, string> environment, TcpProxy? proxy) : IAsyncDisposable
{
    private readonly List<WorkerProcess> _processes = [];

    /// <summary>The process that sits there now.</summary>
    public WorkerProcess Process => _processes[^1];

    /// <summary>All that sat there.</summary>
    public IReadOnlyList<WorkerProcess> Processes => _processes;

    /// <summary>Its way to the broker, if there is one of its own.</summary>
    public TcpProxy? Proxy => proxy;

    /// <summary>What the process held before the fault.</summary>
    public ProcessUsage Before { get; set; }

    /// <summary>Starts a process and waits until it consumes.</summary>
    public async Task StartAsync() => _processes.Add(await WorkerProcess.StartAsync(setup, environment));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
            Keep(process);
        }

        if (proxy is not null) await proxy.DisposeAsync();
    }

    // For whoever looks for the reason of a finding.
    private void Keep(WorkerProcess process)
    {
        if (Environment.GetEnvironmentVariable("CELERYNET_CHAOS_LOGS") is not { Length: > 0 } folder) return;
        File.WriteAllLines(Path.Combine(folder, $"{setup.Queue}-{process.Id}.log"), process.Lines.Select(line => $"{line.Time:HH:mm:ss.fff} {line.Text}"));
        foreach (var record in Directory.EnumerateFiles(setup.Records, $"{process.Id}.log")) File.Copy(record, Path.Combine(folder, $"{setup.Queue}-{process.Id}.runs"));
    }
}
