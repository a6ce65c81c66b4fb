using CeleryNet.Scheduling;
using Microsoft.Extensions.Hosting;

namespace CeleryNet.Hosting;

/// <summary>Runs the beat with the host. A broker or store that is away does not fail the start: the beat keeps asking.</summary>
internal sealed class BeatService(Beat beat) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        beat.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => beat.StopAsync().WaitAsync(cancellationToken);
}
