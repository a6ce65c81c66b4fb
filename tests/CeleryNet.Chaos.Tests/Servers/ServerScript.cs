using System.Diagnostics;

namespace CeleryNet.Chaos.Tests.Servers;

/// <summary>Calls <c>build/servers.sh</c>.</summary>
internal static class ServerScript
{
    /// <summary>Runs one action.</summary>
    /// <returns>What it printed: the connection string for <c>start</c>.</returns>
    internal static async Task<string> RunAsync(string kind, string action, string folder)
    {
        var start = new ProcessStartInfo("bash", [Find(), kind, action, folder]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CELERYNET_REDIS_DURABLE"] = "1";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"servers.sh {kind} {action} failed: {await errors}");
    }

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("CELERYNET_TEST_SERVERS") is { Length: > 0 } path) return path;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CeleryNet.sln"))) return Path.Combine(folder.FullName, "build", "servers.sh");
        }

        throw new InvalidOperationException("build/servers.sh was not found above the test's folder; set CELERYNET_TEST_SERVERS to its path.");
    }
}
