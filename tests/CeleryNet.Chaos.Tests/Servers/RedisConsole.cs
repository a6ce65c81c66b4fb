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
        using var process = Start(url, ["-e", .. command]);
        process.StandardInput.Close();
        return await EndAsync(process, command);
    }

    /// <summary>A number that a command answers.</summary>
    internal static async Task<long> CountAsync(string url, params string[] command) => long.Parse(await RunAsync(url, command), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Puts a message of any size and content into a list, as a producer does.</summary>
    internal static async Task PushAsync(string url, string list, byte[] element)
    {
        string[] command = ["LPUSH", list];
        using var process = Start(url, ["-e", "-x", .. command]); // the last argument is the input
        await process.StandardInput.BaseStream.WriteAsync(element);
        process.StandardInput.Close();
        await EndAsync(process, command);
    }

    private static Process Start(string url, string[] arguments)
    {
        var uri = new Uri(url);
        string[] address = ["-h", uri.Host, "-p", $"{uri.Port}", "-n", uri.AbsolutePath.Trim('/') is { Length: > 0 } database ? database : "0"];
        var start = new ProcessStartInfo("redis-cli", [.. address, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        return Process.Start(start) ?? throw new InvalidOperationException("redis-cli did not start.");
    }

    private static async Task<string> EndAsync(Process process, string[] command)
    {
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"redis-cli {string.Join(' ', command)} failed: {output}{await errors}");
    }
}
