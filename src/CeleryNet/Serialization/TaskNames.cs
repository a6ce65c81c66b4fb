using System.Collections.Concurrent;

namespace CeleryNet.Serialization;

/// <summary>One string per task name: a worker reads the same few names over and over.</summary>
internal static class TaskNames
{
    // A stranger may send names without end; real systems have far fewer.
    private const int MostKept = 4096;
    private const int LongestKept = 256;

    private static readonly ConcurrentDictionary<string, string> Names = new();

    internal static string Intern(string name)
    {
        if (Names.TryGetValue(name, out var known)) return known;
        return name.Length > LongestKept || Names.Count >= MostKept ? name : Names.GetOrAdd(name, name);
    }
}
