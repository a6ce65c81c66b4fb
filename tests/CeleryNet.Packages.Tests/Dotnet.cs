using System.Diagnostics;

namespace CeleryNet.Packages.Tests;

/// <summary>Runs the <c>dotnet</c> command as a user would, in a process of its own.</summary>
internal static class Dotnet
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>Runs it and gives what it printed.</summary>
    /// <exception cref="InvalidOperationException">The exit code is not 0; the message has all that was printed.</exception>
    /// <exception cref="TimeoutException">It did not end within four minutes; it was ended with its children.</exception>
    public static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // The test host is started by MSBuild, whose own variables would steer this build too.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToArray()) start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";

        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'dotnet {string.Join(' ', arguments)}' in {folder} did not end within {Limit}.");
        }

        var printed = await output + await errors;
        return process.ExitCode == 0 ? printed : throw new InvalidOperationException($"'dotnet {string.Join(' ', arguments)}' in {folder} ended with {process.ExitCode}:\n{printed}");
    }
}
