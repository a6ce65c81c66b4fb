using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CeleryNet.Benchmarks.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Benchmarks.Beats;

/// <summary>A host with a beat and nothing else, and how late each of its sends was: from the moment at which it was due to the broker's answer.</summary>
internal sealed class BeatHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<double> _lateness = new();

    private BeatHost(IHost host)
    {
        _host = host;
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "CeleryNet", Name: "celerynet.beat.lateness" }) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => _lateness.Enqueue(seconds * 1000));
        _listener.Start();
    }

    internal IBeatSchedule Schedule => _host.Services.GetRequiredService<IBeatSchedule>();

    internal int Sends => _lateness.Count;

    internal static async Task<BeatHost> StartAsync(string broker, Action<BeatOptions> configure, CancellationToken deadline)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddTaskQueue(queue => queue.UseBroker(broker).UseResults(TaskHost.NoResults).AddBeat(configure));
        var host = new BeatHost(builder.Build());
        await host._host.StartAsync(deadline).ConfigureAwait(false);
        return host;
    }

    /// <summary>Waits until so many were sent, and returns how late each was, in milliseconds.</summary>
    internal async Task<IReadOnlyList<double>> TakeAsync(int count, CancellationToken deadline)
    {
        while (_lateness.Count < count) await Task.Delay(10, deadline).ConfigureAwait(false);
        var taken = new List<double>(count);
        while (taken.Count < count && _lateness.TryDequeue(out var milliseconds)) taken.Add(milliseconds);
        return taken;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync().ConfigureAwait(false);
        await ((IAsyncDisposable)_host).DisposeAsync().ConfigureAwait(false);
        _listener.Dispose();
    }
}
