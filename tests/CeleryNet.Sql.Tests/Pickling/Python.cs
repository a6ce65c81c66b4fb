using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Pickling;

/// <summary>Runs a script of the folder <c>python</c> with Debian's Python.</summary>
internal static class Python
{
    private const string Interpreter = "/usr/bin/python3";

    /// <summary>Runs the script to its end; skips the test where there is no Python, except with CI=true.</summary>
    internal static async Task<string> RunAsync(string script, string input, params string[] arguments)
    {
        using var process = Launch(script, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().Within(TimeSpan.FromMinutes(2));
        process.ExitCode.Should().Be(0, await errors);
        return await output;
    }

    /// <summary>Starts a script that runs until it is killed.</summary>
    /// <param name="script">The script.</param>
    /// <param name="printed">Takes the lines that it prints.</param>
    /// <param name="arguments">Its arguments.</param>
    internal static Process Start(string script, ConcurrentQueue<string?> printed, params string[] arguments)
    {
        var process = Launch(script, arguments);
        process.OutputDataReceived += (_, line) => printed.Enqueue(line.Data);
        process.ErrorDataReceived += (_, line) => printed.Enqueue(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static Process Launch(string script, string[] arguments)
    {
        if (!File.Exists(Interpreter) && Environment.GetEnvironmentVariable("CI") != "true") throw new SkipException($"{Interpreter} is missing.");
        var start = new ProcessStartInfo(Interpreter, [Path.Combine(AppContext.BaseDirectory, "python", script), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        return Process.Start(start)!; // a new process is always returned without the shell
    }
}
