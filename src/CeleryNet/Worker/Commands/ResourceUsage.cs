using System.Runtime.InteropServices;
using System.Text.Json;

namespace CeleryNet.Worker.Commands;

/// <summary>What the process has used, as <c>getrusage</c> tells; <c>N/A</c> where that does not exist, as in Celery.</summary>
internal static class ResourceUsage
{
    private const int Self = 0; // RUSAGE_SELF

    private static readonly string[] Counters =
    [
        "maxrss", "ixrss", "idrss", "isrss", "minflt", "majflt", "nswap", "inblock", "oublock", "msgsnd", "msgrcv", "nsignals", "nvcsw", "nivcsw",
    ];

    internal static void Write(Utf8JsonWriter reply)
    {
        var usage = new long[4 + Counters.Length]; // two times of seconds and microseconds, then the counters; all of word size on 64-bit Linux
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess || GetUsage(Self, usage) != 0)
        {
            reply.WriteStringValue("N/A");
            return;
        }

        reply.WriteStartObject();
        reply.WriteNumber("utime"u8, usage[0] + (usage[1] / 1e6));
        reply.WriteNumber("stime"u8, usage[2] + (usage[3] / 1e6));
        for (var i = 0; i < Counters.Length; i++) reply.WriteNumber(Counters[i], usage[4 + i]);
        reply.WriteEndObject();
    }

    [DllImport("libc", EntryPoint = "getrusage")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetUsage(int who, [Out] long[] usage);
}
