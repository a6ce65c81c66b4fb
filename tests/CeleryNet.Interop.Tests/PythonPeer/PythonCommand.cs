using System.Diagnostics;
using System.Text.Json;
using CeleryNet.Contracts;

namespace CeleryNet.Interop.Tests.PythonPeer;

/// <summary>The real <c>celery</c> command line, run once.</summary>
/// <param name="ExitCode">Exit code.</param>
/// <param name="Output">What it printed on its output.</param>
/// <param name="Errors">What it printed on its error stream.</param>
public sealed record PythonCommand(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60); // it needs half a second of a free processor to start

    /// <summary>Runs <c>celery -A tasks ARGUMENTS</c> to its end.</summary>
    public static async Task<PythonCommand> RunAsync(PythonSettings settings, params IEnumerable<string> arguments)
    {
        using var process = new Process { StartInfo = PythonProcess.StartInfo(settings, ["-m", "celery", "-A", "tasks", .. arguments]) };
        process.Start();
        process.StandardInput.Close();
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync().Within(Limit);
            return new PythonCommand(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The output as JSON: of what is printed, the one line that is an object or a list.</summary>
    public JsonElement Json()
    {
        var line = Output.Split('\n').FirstOrDefault(line => line.StartsWith('{') || line.StartsWith('['));
        return line is null ? throw new InvalidOperationException($"celery ended with {ExitCode} and printed no JSON:\n{Output}\n{Errors}") : JsonElement.Parse(line.Replace(": Infinity", ": null", StringComparison.Ordinal)); // a default of Celery's that no JSON knows
    }
}
