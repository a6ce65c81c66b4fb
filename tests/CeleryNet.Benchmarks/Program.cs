using System.Globalization;
using System.Text.Json;
using CeleryNet.Benchmarks;
using CeleryNet.Benchmarks.Harness;

// Started by build/bench.sh, which starts the servers.
//   [SCENARIO…] [--rounds N] [--warm N] [--scale F] [--json FILE] [--tolerate] [--only PART] [--allocations] [--list]
//   SCENARIO: a scenario's name or the begin of several; all without one. Exit code 1 when a scenario failed, 3 when a goal was missed; --tolerate: 0 then.
//   --only: the contenders whose name holds PART. --allocations: bytes by type.
if (args is ["--role", var role]) return await Roles.RunAsync(role).ConfigureAwait(false);
if (args.Contains("--list"))
{
    foreach (var scenario in Scenarios.All) Console.WriteLine($"{scenario.Name,-26} {scenario.Description}");
    return 0;
}

string[] valued = ["--rounds", "--warm", "--scale", "--json", "--only"];
string[] switches = ["--tolerate", "--list", "--allocations"];
var names = args.Where((arg, i) => !arg.StartsWith("--", StringComparison.Ordinal) && (i == 0 || !valued.Contains(args[i - 1]))).ToArray();
var chosen = Scenarios.All.Where(scenario => names.Length == 0 || names.Any(name => IsNamed(scenario.Name, name))).ToArray();
if (chosen.Length == 0 || args.Any(arg => arg.StartsWith("--", StringComparison.Ordinal) && !valued.Contains(arg) && !switches.Contains(arg)))
{
    Console.Error.WriteLine($"Nothing fits '{string.Join(' ', args)}'. Scenarios: {string.Join(", ", Scenarios.All.Select(scenario => scenario.Name))}");
    return 2;
}

if (args.Contains("--allocations")) AllocationProfile.Current = new AllocationProfile();
var settings = new Settings(
    WarmRounds: int.Parse(Option("--warm") ?? "2", CultureInfo.InvariantCulture),
    Rounds: int.Parse(Option("--rounds") ?? "3", CultureInfo.InvariantCulture),
    Scale: double.Parse(Option("--scale") ?? "1", CultureInfo.InvariantCulture),
    Only: Option("--only"));
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} processors, .NET {Environment.Version}, {settings.WarmRounds} warm and {settings.Rounds} counted rounds, scale {settings.Scale}"));

var rows = new List<Row>();
var failures = 0;
foreach (var scenario in chosen)
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

using (var process = System.Diagnostics.Process.GetCurrentProcess())
    Console.WriteLine($"\nPeak memory {process.PeakWorkingSet64 / (1024 * 1024)} MiB");
if (Option("--json") is { } file) await File.WriteAllTextAsync(file, JsonSerializer.Serialize(rows, new JsonSerializerOptions { WriteIndented = true })).ConfigureAwait(false);
var missed = rows.Sum(row => row.Goals.Count(goal => !goal.IsMet));
Console.WriteLine($"{rows.Sum(row => row.Goals.Count) - missed} goals met, {missed} missed, {failures} scenarios failed");
return failures > 0 ? 1 : missed > 0 && !args.Contains("--tolerate") ? 3 : 0;

// A whole name means itself alone, not the others that begin like it.
static bool IsNamed(string scenario, string name) => scenario == name || (scenario.StartsWith(name, StringComparison.Ordinal) && Scenarios.All.All(other => other.Name != name));

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;
