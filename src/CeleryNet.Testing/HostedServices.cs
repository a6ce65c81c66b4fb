using Microsoft.Extensions.Hosting;

namespace CeleryNet.Testing;

/// <summary>Starts and stops the services of a host in the phases of a host, without one: no signals, no console, no configuration of the machine.</summary>
internal sealed class HostedServices(IReadOnlyList<IHostedService> services)
{
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var service in services.OfType<IHostedLifecycleService>()) await service.StartingAsync(cancellationToken).ConfigureAwait(false);
        foreach (var service in services) await service.StartAsync(cancellationToken).ConfigureAwait(false);
        foreach (var service in services.OfType<IHostedLifecycleService>()) await service.StartedAsync(cancellationToken).ConfigureAwait(false);
    }

    internal async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var service in services.OfType<IHostedLifecycleService>().Reverse()) await service.StoppingAsync(cancellationToken).ConfigureAwait(false);
        foreach (var service in services.Reverse()) await service.StopAsync(cancellationToken).ConfigureAwait(false);
        foreach (var service in services.OfType<IHostedLifecycleService>().Reverse()) await service.StoppedAsync(cancellationToken).ConfigureAwait(false);
    }
}
