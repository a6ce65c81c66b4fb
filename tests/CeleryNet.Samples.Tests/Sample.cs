using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using CeleryNet.Contracts;

namespace CeleryNet.Samples.Tests;

/// <summary>A sample, or a script of one, as a user starts it: a process of its own, from the root of the repository.</summary>
internal sealed class Sample : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _told = new(0);

    private Sample(Process process) => _process = process;

    /// <summary>Root of the repository.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>What it printed so far, errors included.</summary>
    public string Printed => string.Join('\n', _lines);

    /// <summary>Starts a sample in the configuration of these tests.</summary>
    /// <param name="name">Its folder, such as <c>02.WebApi</c>; its program has the name behind the number.</param>
    /// <param name="arguments">Its arguments.</param>
    public static Sample Start(string name, params string[] arguments)
    {
        var configuration = typeof(Sample).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration; // the SDK always writes it
        return Run("dotnet", [Path.Combine(Repository, "samples", name, "bin", configuration, "net10.0", $"{name[3..]}.dll"), .. arguments]);
    }

    /// <summary>Starts any program, such as a sample's Python side.</summary>
    public static Sample Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Repository, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONUNBUFFERED"] = "1";
        start.Environment["DOTNET_gcServer"] = "0"; // small processes beside one another
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var sample = new Sample(process);
        process.OutputDataReceived += sample.Take;
        process.ErrorDataReceived += sample.Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return sample;
    }

    /// <summary>Waits until it printed a line like this and gives the match.</summary>
    /// <exception cref="TimeoutException">It did not within 60 s, or ended before; the message has all it printed.</exception>
    public async Task<Match> PrintsAsync(string pattern)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var match = _lines.Select(line => Regex.Match(line, pattern)).FirstOrDefault(match => match.Success);
            if (match is not null) return match;
            if (_process.HasExited && !await _told.WaitAsync(TimeSpan.FromSeconds(1))) throw new TimeoutException($"It ended with {_process.ExitCode} without printing '{pattern}':\n{Printed}");
            try
            {
                await _told.WaitAsync(TimeSpan.FromMilliseconds(200), limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"It did not print '{pattern}':\n{Printed}");
            }
        }
    }

    /// <summary>The address that its web server listens at.</summary>
    public async Task<Uri> AddressAsync() => new((await PrintsAsync(@"Now listening on: (http://127\.0\.0\.1:\d+)")).Groups[1].Value);

    /// <summary>Waits for its end, which must be a success, and gives what it printed.</summary>
    public async Task<string> EndAsync(TimeSpan? limit = null)
    {
        await _process.WaitForExitAsync().Within(limit ?? TimeSpan.FromMinutes(2));
        _process.ExitCode.Should().Be(0, Printed);
        return Printed;
    }

    /// <summary>Ends it with all its children.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _told.Dispose();
    }

    private void Take(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null) return;
        _lines.Enqueue(line.Data);
        _told.Release();
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CeleryNet.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the repository.");
    }
}
