using System.Diagnostics;

namespace CeleryNet.Packages.Tests;

/// <summary>A program that runs until the test is over.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;

    /// <summary>Starts <c>dotnet</c> with these arguments in a folder.</summary>
    public RunningProgram(string folder, params string[] arguments)
    {
        // What it prints is read, or it would wait for that one day.
        _process = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException("dotnet did not start.");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
