using System.Text;
using CeleryNet.Sql.Pickling;

namespace CeleryNet.Sql.Tests.Pickling;

/// <summary>Random plain values, pickled by Python in every protocol and read here, and written here and read by Python.</summary>
public sealed class PickleDifferentialTests
{
    [SkippableFact]
    public async Task RandomValues_BothWays_AreWhatPythonHas()
    {
        var seed = Random.Shared.Next();
        const int Count = 600;
        var answer = new StringBuilder();

        foreach (var line in (await Python.RunAsync("pickles.py", "", "emit", $"{seed}", $"{Count}")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ');
            var read = PickleJson.Convert(Convert.FromHexString(parts[0]));
            var written = PickleWriter.FromJson(Convert.FromHexString(parts[1]));
            answer.AppendLine($"{Convert.ToHexString(read)} {Convert.ToHexString(written)}");
        }

        var verdict = await Python.RunAsync("pickles.py", answer.ToString(), "check", $"{seed}", $"{Count}");

        verdict.Trim().Should().Be("differing 0", $"seed {seed}");
    }
}
