using System.Diagnostics;
using CeleryNet.Contracts;

namespace CeleryNet.Redis.Tests;

/// <summary>Runs a few lines of Python with a Celery app named <c>app</c>.</summary>
public static class PythonScript
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Runs it and returns what it printed.</summary>
    public static async Task<string> RunAsync(string url, string code, string options = "{}")
    {
        var program = $"import json\nfrom celery import Celery\napp = Celery('script', broker='{url}', backend='{url}')\napp.conf.broker_transport_options = {options}\n{code}\n";
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", program]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("Python did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().Within(Limit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"Python ended with {process.ExitCode}: {await errors}");
    }
}
