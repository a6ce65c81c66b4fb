using System.Globalization;

namespace CeleryNet.Chaos.Tests.Workers;

/// <summary>What a process holds, as the kernel tells it.</summary>
/// <param name="MemoryBytes">Resident memory.</param>
/// <param name="Sockets">Open sockets.</param>
public readonly record struct ProcessUsage(long MemoryBytes, int Sockets)
{
    /// <summary>Looks at a live process.</summary>
    public static ProcessUsage Of(int processId)
    {
        var sockets = Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd").Count(path => LinkOf(path).StartsWith("socket:", StringComparison.Ordinal));
        return new ProcessUsage(StatusOf(processId, "VmRSS"), sockets);
    }

    /// <summary>Its TCP sockets as local address, remote address and state, all as the kernel writes them: hexadecimal, state 01 is established, 08 waits to be closed here.</summary>
    public static IReadOnlyList<string> SocketsOf(int processId)
    {
        var links = Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd").Select(LinkOf).Where(link => link.StartsWith("socket:", StringComparison.Ordinal)).ToHashSet();
        return [.. File.ReadLines($"/proc/{processId}/net/tcp").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => links.Contains($"socket:[{fields[9]}]"))
            .Select(fields => $"{fields[1]}-{fields[2]}/{fields[3]}")];
    }

    /// <summary>The most memory it held since <see cref="ForgetPeak"/>.</summary>
    public static long PeakBytesOf(int processId) => StatusOf(processId, "VmHWM");

    /// <summary>Starts to measure the peak from now.</summary>
    public static void ForgetPeak(int processId) => File.WriteAllText($"/proc/{processId}/clear_refs", "5");

    /// <summary>Processor time it used so far.</summary>
    public static TimeSpan ProcessorTimeOf(int processId)
    {
        // After the name, which may hold anything, in brackets: utime and stime are the 12th and 13th, in hundredths of a second.
        var fields = File.ReadAllText($"/proc/{processId}/stat").Split(')')[^1].Trim().Split(' ');
        return TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0);
    }

    private static long StatusOf(int processId, string name)
    {
        var line = File.ReadLines($"/proc/{processId}/status").Single(line => line.StartsWith($"{name}:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024; // "VmRSS:	   12345 kB"
    }

    private static string LinkOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return ""; // closed meanwhile
        }
    }
}
