using System.Globalization;
using System.Text.Json;

namespace CeleryNet.Benchmarks.Harness;

/// <summary>Runs the scenarios that the command line names.</summary>
/// <remarks>
/// <c>[SCENARIO…] [--rounds N] [--warm N] [--scale F] [--json FILE] [--tolerate] [--only PART] [--allocations] [--list]</c>
/// SCENARIO: a scenario's name or the begin of several; all without one. Exit code 1 when a scenario failed, 3 when a goal was missed; --tolerate: 0 then.
/// --only: the contenders whose name holds PART. --allocations: bytes by type.
/// </remarks>
internal static class Runner
{
    private static readonly string[] Valued = ["--rounds", "--warm", "--scale", "--json", "--only"];
    private static readonly string[] Switches = ["--tolerate", "--list", "--allocations"];
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Prints a table for each scenario and one of all goals, and returns the exit code.</summary>
    internal static async Task<int> RunAsync(string[] args, Scenario[] all)
    {
        if (args.Contains("--list"))
        {
            foreach (var scenario in all) Console.WriteLine($"{scenario.Name,-26} {scenario.Description}");
            return 0;
        }

        var names = args.Where((arg, i) => !arg.StartsWith("--", StringComparison.Ordinal) && (i == 0 || !Valued.Contains(args[i - 1]))).ToArray();
        var chosen = all.Where(scenario => names.Length == 0 || names.Any(name => IsNamed(all, scenario.Name, name))).ToArray();
        if (chosen.Length == 0 || args.Any(arg => arg.StartsWith("--", StringComparison.Ordinal) && !Valued.Contains(arg) && !Switches.Contains(arg)))
        {
            Console.Error.WriteLine($"Nothing fits '{string.Join(' ', args)}'. Scenarios: {string.Join(", ", all.Select(scenario => scenario.Name))}");
            return 2;
        }

        if (args.Contains("--allocations")) AllocationProfile.Current = new AllocationProfile();
        var settings = new Settings(
            WarmRounds: int.Parse(Option(args, "--warm") ?? "2", CultureInfo.InvariantCulture),
            Rounds: int.Parse(Option(args, "--rounds") ?? "3", CultureInfo.InvariantCulture),
            Scale: double.Parse(Option(args, "--scale") ?? "1", CultureInfo.InvariantCulture),
            Only: Option(args, "--only"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} processors, .NET {Environment.Version}, {settings.WarmRounds} warm and {settings.Rounds} counted rounds, scale {settings.Scale}"));

        var (rows, failures) = await RunEachAsync(chosen, settings).ConfigureAwait(false);
        using (var process = System.Diagnostics.Process.GetCurrentProcess())
            Console.WriteLine($"\nPeak memory {process.PeakWorkingSet64 / (1024 * 1024)} MiB");
        if (Option(args, "--json") is { } file) await File.WriteAllTextAsync(file, JsonSerializer.Serialize(rows, Indented)).ConfigureAwait(false);
        if (rows.Any(row => row.Goals.Count > 0)) Console.Write($"\n## Goals\n{Table.OfGoals(rows)}\n");
        var missed = rows.Sum(row => row.Goals.Count(goal => !goal.IsMet));
        Console.WriteLine($"{rows.Sum(row => row.Goals.Count) - missed} goals met, {missed} missed, {failures} scenarios failed");
        return failures > 0 ? 1 : missed > 0 && !args.Contains("--tolerate") ? 3 : 0;
    }

    private static async Task<(List<Row> Rows, int Failures)> RunEachAsync(Scenario[] scenarios, Settings settings)
    {
        var (rows, failures) = (new List<Row>(), 0);
        foreach (var scenario in scenarios)
        {
            var load = Servers.LoadAverage();
            Console.WriteLine($"\n## {scenario.Name}: {scenario.Description}");
            try
            {
                var table = await scenario.RunAsync(settings).ConfigureAwait(false);
                rows.AddRange(table);
                if (table.Count > 0) Console.Write(Table.Of(table));
            }
            catch (Exception error) // one scenario that cannot run must not hide the others
            {
                failures++;
                Console.WriteLine($"FAILED {error}");
            }

            Console.WriteLine($"load average {load} before, {Servers.LoadAverage()} after");
        }

        return (rows, failures);
    }

    // A whole name means itself alone, not the others that begin like it.
    private static bool IsNamed(Scenario[] all, string scenario, string name) =>
        scenario == name || (scenario.StartsWith(name, StringComparison.Ordinal) && all.All(other => other.Name != name));

    private static string? Option(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
}
