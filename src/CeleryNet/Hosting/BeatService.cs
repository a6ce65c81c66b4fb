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

    // A host whose time is over goes on; the disposal of the beat waits for its end, and tells what went wrong.
    public async Task StopAsync(CancellationToken cancellationToken) => await beat.StopAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
