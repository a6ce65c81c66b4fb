using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using CeleryNet.Chaos.Worker;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests.Workers;

/// <summary>A worker in a process of its own.</summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<OutputLine> _output = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _collected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private WorkerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    /// <summary>Its number.</summary>
    public int Id { get; private set; }

    /// <summary>True when the process ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>True when a test ended it by force.</summary>
    public bool WasKilled { get; private set; }

    /// <summary>True when a test asked it to end, or made it end itself.</summary>
    public bool IsExitExpected { get; set; }

    /// <summary>Its exit code, once it ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The lines it printed.</summary>
    public IReadOnlyList<OutputLine> Lines
    {
        get
        {
            lock (_output) return [.. _output];
        }
    }

    /// <summary>What it printed, for the message of a failing test.</summary>
    public string Output => string.Join(Environment.NewLine, Lines.Select(line => line.Text));

    /// <summary>Starts a worker and waits until it consumes.</summary>
    /// <param name="setup">What it connects to.</param>
    /// <param name="environment">More of its environment.</param>
    public static async Task<WorkerProcess> StartAsync(Setup setup, IReadOnlyDictionary<string, string>? environment = null)
    {
        var worker = Launch(setup, environment);
        try
        {
            await worker._ready.Task.Within(StartLimit);
            return worker;
        }
        catch (TimeoutException error)
        {
            await worker.KillAsync();
            throw new InvalidOperationException($"The worker did not get ready. It printed:{Environment.NewLine}{worker.Output}", error);
        }
    }

    /// <summary>Starts a worker without waiting for anything.</summary>
    public static WorkerProcess Launch(Setup setup, IReadOnlyDictionary<string, string>? environment = null)
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
        start.Environment[ChaosSettings.Concurrency] = Setup.Slots.ToString(CultureInfo.InvariantCulture);
        start.Environment[ChaosSettings.Records] = setup.Records;
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0"; // its counters and recompiling cost a short-lived process more than they gain
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;

        var worker = new WorkerProcess(new Process { StartInfo = start });
        worker._process.Start();
        worker.Id = worker._process.Id;
        worker._process.BeginOutputReadLine();
        worker._process.BeginErrorReadLine();
        return worker;
    }

    /// <summary>What it holds after it has collected its garbage.</summary>
    public async Task<ProcessUsage> MeasureAsync()
    {
        _collected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _process.StandardInput.WriteLineAsync(ChaosSettings.CollectCommand);
        await _process.StandardInput.FlushAsync();
        await _collected.Task.Within(TimeSpan.FromSeconds(30));
        return ProcessUsage.Of(Id);
    }

    /// <summary>How many events of a log id it printed.</summary>
    public int Count(int eventId) => Lines.Count(line => line.EventId == eventId);

    /// <summary>Sends it a signal, such as <c>SIGTERM</c>, at once.</summary>
    public void Signal(PosixSignal signal)
    {
        var number = signal switch
        {
            PosixSignal.SIGTERM => 15,
            PosixSignal.SIGQUIT => 3,
            _ => throw new ArgumentOutOfRangeException(nameof(signal)),
        };
        Send(number);
    }

    /// <summary>Stops it where it stands, as a machine that hangs; its connections stay open.</summary>
    public void Freeze() => Send(19); // SIGSTOP

    /// <summary>Lets it go on.</summary>
    public void Thaw() => Send(18); // SIGCONT

    private void Send(int number)
    {
        if (SendSignal(Id, number) != 0) throw new InvalidOperationException($"Worker {Id} got no signal: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitForExitAsync(TimeSpan limit)
    {
        await _process.WaitForExitAsync().Within(limit);
        return _process.ExitCode;
    }

    /// <summary>Kills it with signal 9.</summary>
    public async Task KillAsync()
    {
        WasKilled = true;
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private void Keep(string? text)
    {
        if (text is null) return;
        lock (_output) _output.Add(new OutputLine(DateTimeOffset.UtcNow, text));
        if (text.Contains(ChaosSettings.ReadyLine, StringComparison.Ordinal)) _ready.TrySetResult();
        if (text == ChaosSettings.CollectedLine) _collected.TrySetResult();
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
