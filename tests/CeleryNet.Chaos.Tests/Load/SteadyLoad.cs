using System.Diagnostics;
using CeleryNet.Chaos.Worker;

namespace CeleryNet.Chaos.Tests.Load;

/// <summary>Sends tasks at a steady rate, whatever becomes of them, and remembers what does.</summary>
public sealed class SteadyLoad : IAsyncDisposable
{
    private readonly ITaskClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Publish> _publishes = [];
    private readonly Lock _gate = new();
    private readonly Task _sending;
    private int _sent;

    /// <summary>Starts to send.</summary>
    public SteadyLoad(ITaskClient client, LoadShape shape)
    {
        (_client, Shape) = (client, shape);
        _sending = Task.Run(SendAllAsync);
    }

    /// <summary>What is sent.</summary>
    public LoadShape Shape { get; }

    /// <summary>How many publishes began.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>Publishes that ended so far.</summary>
    public IReadOnlyList<Publish> Publishes
    {
        get
        {
            lock (_gate) return [.. _publishes];
        }
    }

    /// <summary>Keys that the broker took.</summary>
    public IReadOnlyList<string> Acked => [.. Publishes.Where(publish => publish.IsAcked).Select(publish => publish.Key)];

    /// <summary>Stops, and returns when every publish has ended.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _sending;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    // Each publish goes its own way, so that one that waits holds up no other.
    private async Task SendAllAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var underWay = new List<Task>();
        for (var index = 0; !_stop.IsCancellationRequested; index++)
        {
            underWay.RemoveAll(static publish => publish.IsCompletedSuccessfully);
            underWay.Add(SendAsync(index));
            Interlocked.Increment(ref _sent);
            var wait = TimeSpan.FromSeconds((index + 1.0) / Shape.PerSecond) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(underWay);
    }

    private async Task SendAsync(int index)
    {
        var key = $"task-{index}";
        var start = DateTimeOffset.UtcNow;
        var isQuiet = Shape.IsQuiet(index);
        TaskHandle<string>? handle = null;
        Exception? error = null;
        try
        {
            var task = ChaosTasks.RecordTask(key, Shape.DurationOf(index));
            handle = await _client.EnqueueAsync(isQuiet ? task.With(options => options.IgnoreResult = true) : task); // not cancelled: its end must be known
        }
        catch (Exception thrown)
        {
            error = thrown; // whether it may be thrown is judged by the row
        }

        lock (_gate) _publishes.Add(new Publish(key, start, DateTimeOffset.UtcNow, error) { Handle = handle, IsQuiet = isQuiet });
    }
}
