using System.Globalization;

namespace CeleryNet.Chaos.Tests.Workers;

/// <summary>A line of a record: a task started or ended.</summary>
/// <param name="IsEnd">True for the end.</param>
/// <param name="Key">Which task.</param>
/// <param name="Time">When.</param>
/// <param name="Name">Which run of it.</param>
/// <param name="IsRedelivered">Whether the task was told that it may have run before.</param>
/// <param name="ProcessId">Where.</param>
public readonly record struct Run(bool IsEnd, string Key, DateTimeOffset Time, string Name, bool IsRedelivered, int ProcessId)
{
    /// <summary>Reads a line of the file <paramref name="path"/>, which is named after its process.</summary>
    internal static Run Parse(string line, string path)
    {
        var parts = line.Split(' ');
        var time = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(parts[2], CultureInfo.InvariantCulture));
        return new Run(parts[0] == "end", parts[1], time, parts[3], parts[4] == "1", int.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture));
    }
}
