using System.Diagnostics;

namespace CeleryNet.Benchmarks.Harness;

/// <summary>Another process of a round. It ends with this object, and our own roles also when this process dies, as their standard input is then closed.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _ready;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly TaskCompletionSource<TimeSpan> _isReady = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _lines = [];

    private ChildProcess(Process process, string ready)
    {
        (_process, _ready) = (process, ready);
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => _isReady.TrySetException(new InvalidOperationException($"The process ended before it was ready: {Output}"));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    internal int Id => _process.Id;

    internal string Output
    {
        get
        {
            lock (_lines) return string.Join(Environment.NewLine, _lines);
        }
    }

    /// <summary>This program once more, in another role.</summary>
    internal static ChildProcess StartRole(params string[] arguments) => Start("ready", Environment.ProcessPath!, [typeof(ChildProcess).Assembly.Location, "--role", .. arguments]);

    /// <param name="ready">Part of the line that tells that it is ready.</param>
    /// <param name="file">Program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables beyond those of this process.</param>
    /// <param name="folder">Where it runs.</param>
    internal static ChildProcess Start(string ready, string file, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? "" };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new ChildProcess(Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start."), ready);
    }

    /// <summary>How long it took from its start until it was ready.</summary>
    internal Task<TimeSpan> ReadyAsync(CancellationToken deadline) => _isReady.Task.WaitAsync(deadline);

    /// <summary>Waits for its end.</summary>
    internal Task ExitAsync(CancellationToken deadline) => _process.WaitForExitAsync(deadline);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null) return;
        lock (_lines) _lines.Add(line);
        if (line.Contains(_ready, StringComparison.Ordinal)) _isReady.TrySetResult(Stopwatch.GetElapsedTime(_started));
    }
}
