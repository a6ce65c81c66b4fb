using System.Globalization;

namespace CeleryNet.Events;

/// <summary>Field <c>loadavg</c>: how many processes wanted to run in the last 1, 5 and 15 minutes. Zeros where the system does not tell, as Celery has it.</summary>
internal static class LoadAverage
{
    private const string LinuxFile = "/proc/loadavg";

    private static readonly double[] Unknown = [0, 0, 0];

    internal static double[] Read()
    {
        if (!OperatingSystem.IsLinux()) return Unknown;
        try
        {
            return Parse(File.ReadAllText(LinuxFile));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Unknown; // a sandbox without /proc
        }
    }

    /// <summary>Reads <c>0.22 0.20 0.55 1/123 4567</c>.</summary>
    internal static double[] Parse(string text)
    {
        var parts = text.Split(' ');
        if (parts.Length < Unknown.Length) return Unknown;
        var loads = new double[Unknown.Length];
        for (var i = 0; i < loads.Length; i++)
            if (!double.TryParse(parts[i], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out loads[i])) return Unknown;
        return loads;
    }
}
