using System.Diagnostics;
using System.Globalization;
using System.Text;
using CeleryNet.Contracts;

namespace CeleryNet.Interop.Tests.PythonPeer;

/// <summary>A Python process with everything it prints on its error stream kept for the message of a failing test.</summary>
public sealed class PythonProcess : IAsyncDisposable
{
    // Debian's own, which has Celery; another Python may be first in PATH.
    private const string Interpreter = "/usr/bin/python3";
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string? _readyText;

    private PythonProcess(Process process, string? readyText)
    {
        _process = process;
        _readyText = readyText;
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException("The Python process ended before it was ready."));
    }

    /// <summary>Starts <c>python3 ARGUMENTS</c> in the folder of the scripts.</summary>
    /// <param name="settings">Its environment.</param>
    /// <param name="readyText">What a line of the error stream contains when the process is ready; <c>null</c> when it tells so otherwise.</param>
    /// <param name="arguments">Command line.</param>
    public static PythonProcess Start(PythonSettings settings, string? readyText, params IEnumerable<string> arguments)
    {
        var start = StartInfo(settings, arguments);
        if (readyText is not null) start.Environment["CELERYNET_EXIT_WITH_STDIN"] = "1";

        var process = new PythonProcess(new Process { StartInfo = start, EnableRaisingEvents = true }, readyText);
        process._process.Start();
        process._process.BeginErrorReadLine();
        return process;
    }

    /// <summary>How a Python process of the tests is started.</summary>
    public static ProcessStartInfo StartInfo(PythonSettings settings, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Interpreter, arguments)
        {
            WorkingDirectory = Path.Combine(AppContext.BaseDirectory, "python"),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = new UTF8Encoding(false),
        };
        start.Environment["CELERYNET_BROKER"] = settings.Broker;
        start.Environment["CELERYNET_BACKEND"] = settings.Results;
        start.Environment["CELERYNET_QUEUE"] = settings.Queue;
        start.Environment["CELERYNET_MAX_PRIORITY"] = settings.MaxPriority?.ToString(CultureInfo.InvariantCulture) ?? "";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["PYTHONUNBUFFERED"] = "1";
        start.Environment["C_FORCE_ROOT"] = "1";
        return start;
    }

    /// <summary>Commands for the process.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>Answers of the process.</summary>
    public StreamReader Answers => _process.StandardOutput;

    /// <summary>What it printed on its error stream so far.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Waits for the line that tells it is ready.</summary>
    public async Task WaitUntilReadyAsync()
    {
        try
        {
            await _ready.Task.Within(TimeSpan.FromSeconds(30));
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"Python did not get ready. It printed:{Environment.NewLine}{Output}", error);
        }
    }

    /// <summary>Asks the process to stop, and kills it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_process.HasExited) _process.StandardInput.Close(); // both programs stop when their input ends
            await _process.WaitForExitAsync().WaitAsync(StopTimeout);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
        if (_readyText is not null && line.Contains(_readyText, StringComparison.Ordinal)) _ready.TrySetResult();
    }
}
