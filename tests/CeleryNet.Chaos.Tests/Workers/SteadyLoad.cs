using CeleryNet.Chaos.Worker;

namespace CeleryNet.Chaos.Tests.Workers;

/// <summary>Sends short tasks one after the other, from before a fault until after it, and remembers what became of each.</summary>
public sealed class SteadyLoad : IAsyncDisposable
{
    /// <summary>How many publishes wait for their confirmation at most.</summary>
    public const int InFlightAtMost = 1;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly ITaskClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _taken = [];
    private readonly List<string> _unsure = [];
    private readonly Task _sending;
    private int _sent;

    /// <summary>Starts to send.</summary>
    public SteadyLoad(ITaskClient client)
    {
        _client = client;
        _sending = Task.Run(SendAsync);
    }

    /// <summary>How many the broker took so far.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>The last error of sending; <c>null</c> when there was none.</summary>
    public Exception? LastError { get; private set; }

    /// <summary>Stops and tells which tasks the broker took for certain, and of which nobody knows.</summary>
    public async Task<(IReadOnlyList<string> Taken, IReadOnlyList<string> Unsure)> StopAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        return (_taken, _unsure);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task SendAsync()
    {
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            var key = $"task-{i}";
            try
            {
                await _client.EnqueueAsync(ChaosTasks.RecordTask(key, 50)); // not cancelled: its end must be known
                _taken.Add(key);
                Interlocked.Increment(ref _sent);
            }
            catch (PublishException error)
            {
                LastError = error;
                if (error.MayHaveBeenTaken) _unsure.Add(key);
            }

            await Task.Delay(Pause);
        }
    }
}
