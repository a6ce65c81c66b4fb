using System.Diagnostics;
using System.Globalization;

namespace CeleryNet.Redis.Tests;

/// <summary>A real Celery worker.</summary>
public sealed class PythonWorker : IAsyncDisposable
{
    private const string App = """
        import os
        from celery import Celery
        app = Celery('peer', broker=os.environ['PEER_URL'], backend=os.environ['PEER_URL'])
        app.conf.broker_transport_options = {'visibility_timeout': float(os.environ['PEER_VISIBILITY'])}

        @app.task(name='tests.add')
        def add(x, y):
            return x + y
        """;

    private readonly string _folder;
    private readonly Process _process;

    private PythonWorker(string folder, Process process)
    {
        _folder = folder;
        _process = process;
    }

    public static async Task<PythonWorker> StartAsync(string url, string queue, TimeSpan visibilityTimeout)
    {
        var folder = Directory.CreateTempSubdirectory("celerynet-python-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "peer.py"), App);
        string[] arguments = ["-m", "celery", "-A", "peer", "worker", "-P", "solo", "-Q", queue, "-n", "peer@tests", "--without-gossip", "--without-mingle", "--without-heartbeat"];
        var start = new ProcessStartInfo("/usr/bin/python3", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PEER_URL"] = url;
        start.Environment["PEER_VISIBILITY"] = visibilityTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        var process = Process.Start(start) ?? throw new InvalidOperationException("Python did not start.");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new PythonWorker(folder, process);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
