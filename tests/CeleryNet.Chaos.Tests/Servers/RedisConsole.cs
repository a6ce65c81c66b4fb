using System.Diagnostics;

namespace CeleryNet.Chaos.Tests.Servers;

/// <summary>Gives commands to a Redis as an operator does.</summary>
internal static class RedisConsole
{
    /// <summary>Runs one command.</summary>
    /// <returns>The answer as <c>redis-cli</c> prints it.</returns>
    /// <exception cref="InvalidOperationException">Redis answered with an error.</exception>
    internal static async Task<string> RunAsync(string url, params string[] command)
    {
        var uri = new Uri(url);
        string[] address = ["-e", "-h", uri.Host, "-p", $"{uri.Port}", "-n", uri.AbsolutePath.Trim('/') is { Length: > 0 } database ? database : "0"];
        var start = new ProcessStartInfo("redis-cli", [.. address, .. command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("redis-cli did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"redis-cli {string.Join(' ', command)} failed: {output}{await errors}");
    }

    /// <summary>A number that a command answers.</summary>
    internal static async Task<long> CountAsync(string url, params string[] command) => long.Parse(await RunAsync(url, command), System.Globalization.CultureInfo.InvariantCulture);
}
