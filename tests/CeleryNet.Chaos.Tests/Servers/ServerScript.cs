using System.Diagnostics;

namespace CeleryNet.Chaos.Tests.Servers;

/// <summary>Calls <c>build/servers.sh</c>.</summary>
internal static class ServerScript
{
    /// <summary>Runs one action.</summary>
    /// <returns>What it printed: the connection string for <c>start</c>.</returns>
    internal static async Task<string> RunAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("bash", [Find(), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"servers.sh {string.Join(' ', arguments)} failed: {await errors}");
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
