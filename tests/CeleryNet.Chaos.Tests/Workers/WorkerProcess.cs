using System.Diagnostics;
using System.Globalization;
using System.Text;
using CeleryNet.Chaos.Worker;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests.Workers;

/// <summary>A worker in a process of its own.</summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WorkerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    /// <summary>True when the process ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>What it printed, for the message of a failing test.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Starts a worker and waits until it consumes.</summary>
    public static async Task<WorkerProcess> StartAsync(Setup setup)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(ChaosTasks).Assembly.Location])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[ChaosSettings.Broker] = setup.Broker;
        start.Environment[ChaosSettings.Results] = setup.Results;
        start.Environment[ChaosSettings.Queue] = setup.Queue;
        start.Environment[ChaosSettings.Concurrency] = Setup.Concurrency.ToString(CultureInfo.InvariantCulture);
        start.Environment[ChaosSettings.Records] = setup.Records;
        start.Environment["DOTNET_gcServer"] = "0";

        var worker = new WorkerProcess(new Process { StartInfo = start });
        worker._process.Start();
        worker._process.BeginOutputReadLine();
        worker._process.BeginErrorReadLine();
        try
        {
            await worker._ready.Task.Within(TimeSpan.FromSeconds(60));
            return worker;
        }
        catch (TimeoutException error)
        {
            var output = worker.Output;
            await worker.KillAsync();
            throw new InvalidOperationException($"The worker did not get ready. It printed:{Environment.NewLine}{output}", error);
        }
    }

    /// <summary>Asks it to stop, as an orchestrator does, and waits until it has.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync(TimeSpan limit)
    {
        using (var kill = Process.Start("sh", ["-c", $"kill -TERM {_process.Id.ToString(CultureInfo.InvariantCulture)}"])) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().Within(limit);
        return _process.ExitCode;
    }

    /// <summary>Kills it with signal 9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
        if (line.Contains(ChaosSettings.ReadyLine, StringComparison.Ordinal)) _ready.TrySetResult();
    }
}
