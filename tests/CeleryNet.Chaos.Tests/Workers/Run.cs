using System.Globalization;

namespace CeleryNet.Chaos.Tests.Workers;

/// <summary>A line of a record: a task started or ended.</summary>
/// <param name="IsEnd">True for the end.</param>
/// <param name="Key">Which task.</param>
/// <param name="Time">When.</param>
public readonly record struct Run(bool IsEnd, string Key, DateTimeOffset Time)
{
    /// <summary>All lines of all processes of a test; a last line that a kill cut off is left out.</summary>
    public static IReadOnlyList<Run> ReadAll(Setup setup) => [.. Directory.EnumerateFiles(setup.Records).SelectMany(Read)];

    private static IEnumerable<Run> Read(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var lines = reader.ReadToEnd().Split('\n');
        foreach (var line in lines.SkipLast(1))
        {
            var parts = line.Split(' ');
            yield return new Run(parts[0] == "end", parts[1], DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(parts[2], CultureInfo.InvariantCulture)));
        }
    }
}
