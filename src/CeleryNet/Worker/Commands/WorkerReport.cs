using System.Reflection;
using System.Runtime.InteropServices;

namespace CeleryNet.Worker.Commands;

/// <summary>What a report of an error should say about the worker, in the form of Celery's <c>report</c>.</summary>
internal static class WorkerReport
{
    internal static string Of(CommandServices services)
    {
        var version = typeof(WorkerReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "?";
        return $"\nsoftware -> celerynet:{version} dotnet:{Environment.Version}"
            + $"\nplatform -> system:{RuntimeInformation.OSDescription} arch:{RuntimeInformation.ProcessArchitecture}"
            + $"\n            imp:{RuntimeInformation.FrameworkDescription} processors:{Environment.ProcessorCount}"
            + $"\nsettings -> transport:{WorkerConfiguration.Masked(services.Broker.Address)} results:{WorkerConfiguration.Masked(services.Results.Address)}"
            + $"\n\n{WorkerConfiguration.ToText(services)}";
    }
}
