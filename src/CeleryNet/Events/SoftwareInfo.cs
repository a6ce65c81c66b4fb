using System.Reflection;

namespace CeleryNet.Events;

/// <summary>Who sends, in the fields of <c>worker-*</c> events.</summary>
internal static class SoftwareInfo
{
    /// <summary>Field <c>sw_ident</c>; Celery's own workers say <c>py-celery</c>.</summary>
    internal const string Name = "celerynet";

    /// <summary>Field <c>sw_ver</c>: the version of the package.</summary>
    internal static string Version { get; } = VersionOf(typeof(SoftwareInfo).Assembly);

    /// <summary>Field <c>sw_sys</c>, as Python's <c>platform.system()</c> names it.</summary>
    internal static string System { get; } =
        OperatingSystem.IsLinux() ? "Linux" : OperatingSystem.IsWindows() ? "Windows" : OperatingSystem.IsMacOS() ? "Darwin" : Environment.OSVersion.Platform.ToString();

    // Without the commit, which follows a plus.
    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
