namespace CeleryNet.Samples.Tests;

/// <summary>What samples need besides .NET; use it in <c>[SkippableFact]</c> tests. What is missing skips the test, and fails it when <c>CI</c> is true.</summary>
internal static class Installed
{
    private const string PythonModules = "/usr/lib/python3/dist-packages";

    /// <summary>A program or file.</summary>
    /// <param name="path">Where Debian puts it.</param>
    /// <param name="package">Its package.</param>
    public static void Require(string path, string package)
    {
        if (Path.Exists(path)) return;
        var message = $"{path} is missing: apt-get install {package}.";
        throw Environment.GetEnvironmentVariable("CI") == "true" ? new InvalidOperationException(message) : new SkipException(message);
    }

    /// <summary>A module of Debian's Python.</summary>
    public static void RequirePython(string module) => Require(Path.Combine(PythonModules, module), $"python3-{module}");
}
