using System.Diagnostics;
using System.Text.Json;
using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests;

/// <summary>Runs scripts with the Python that has Celery.</summary>
internal static class Python
{
    private const string Interpreter = "/usr/bin/python3";

    /// <summary>The text as Python literal.</summary>
    internal static string Text(string text) => JsonSerializer.Serialize(text);

    /// <summary>Runs the lines and returns what they print; an exit code other than 0 is an error.</summary>
    internal static async Task<string> RunAsync(params string[] lines)
    {
        using var process = Start(string.Join('\n', lines));
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().Within(TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        process.ExitCode.Should().Be(0, await errors);
        return (await output).Trim();
    }

    /// <summary>Starts the lines; the caller kills it.</summary>
    internal static Process Start(string script)
    {
        if (!File.Exists(Interpreter))
        {
            if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase)) throw new InvalidOperationException($"{Interpreter} is missing.");
            throw new SkipException($"{Interpreter} is missing.");
        }

        var start = new ProcessStartInfo(Interpreter) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        return Process.Start(start)!;
    }
}
