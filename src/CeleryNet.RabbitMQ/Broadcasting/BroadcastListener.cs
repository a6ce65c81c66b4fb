using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Connections;
using Log = CeleryNet.RabbitMQ.Diagnostics.Log;

namespace CeleryNet.RabbitMQ.Broadcasting;

/// <summary>One subscription: listens, and listens anew when the connection or the queue was lost, until it is disposed.</summary>
internal sealed class BroadcastListener : IAsyncDisposable
{
    private readonly Listeners _all;
    private readonly BroadcastQueue _queue;
    private readonly Func<Broadcast, CancellationToken, ValueTask> _receive;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _ending = new();
    private readonly AsyncLocal<bool> _isReceiving = new();
    private Task _loop = Task.CompletedTask;

    private BroadcastListener(BroadcastQueue queue, Func<Broadcast, CancellationToken, ValueTask> receive, Listeners all)
    {
        (_all, _receive, _backoff) = (all, receive, all.NewBackoff());
        _queue = all.Add(queue, this);
    }

    /// <summary>Makes the first connection and begins to listen.</summary>
    internal static async Task<BroadcastListener> StartAsync(
        BroadcastQueue queue, Func<Broadcast, CancellationToken, ValueTask> receive, Listeners all, CancellationToken cancellationToken)
    {
        var listener = new BroadcastListener(queue, receive, all);
        try
        {
            var session = await all.OpenAsync(listener._queue, cancellationToken).ConfigureAwait(false);
            listener._loop = Task.Run(() => listener.RunAsync(session), CancellationToken.None);
            return listener;
        }
        catch (Exception error)
        {
            all.Remove(listener._queue, listener);
            if (error is TaskQueueException or OperationCanceledException or ObjectDisposedException) throw;
            throw new BrokerUnavailableException(
                ErrorCodes.BrokerUnavailable, $"Nobody can listen to '{Printable.Limit(queue.Exchange.Name)}' on RabbitMQ at {all.Address}: {CloseReasons.Describe(error)}", error);
        }
    }

    /// <summary>Ends it. No call of the receiver is left running, unless the receiver itself is the caller.</summary>
    public async ValueTask DisposeAsync()
    {
        _all.Remove(_queue, this);
        await _ending.CancelAsync().ConfigureAwait(false);
        if (!_isReceiving.Value) await _loop.ConfigureAwait(false);
    }

    private async Task RunAsync(BroadcastSession? session)
    {
        var ending = _ending.Token;
        while (!ending.IsCancellationRequested)
        {
            try
            {
                session ??= await _all.OpenAsync(_queue, ending).ConfigureAwait(false);
                var began = _all.Time.GetTimestamp();
                await using (session.ConfigureAwait(false)) await ReceiveAsync(session, ending).ConfigureAwait(false);
                Log.ListenerLost(_all.Logger, _queue.Exchange.Name, session.Reason);
                if (_all.Time.GetElapsedTime(began) > SteadyAfter) _backoff.Reset(); // and listens again at once
                else await PauseAsync(ending).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (ending.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                Log.ListenerLost(_all.Logger, _queue.Exchange.Name, (error as TaskQueueException)?.Reason ?? CloseReasons.Describe(error));
                await PauseAsync(ending).ConfigureAwait(false);
            }

            session = null;
        }
    }

    private static readonly TimeSpan SteadyAfter = TimeSpan.FromSeconds(1);

    private async Task ReceiveAsync(BroadcastSession session, CancellationToken ending)
    {
        await foreach (var (tag, message) in session.Arrived.ReadAllAsync(ending).ConfigureAwait(false))
        {
            if (message is not null) await ReceiveAsync(message, ending).ConfigureAwait(false);
            await session.DoneAsync(tag).ConfigureAwait(false);
        }
    }

    private async Task ReceiveAsync(Broadcast message, CancellationToken ending)
    {
        _isReceiving.Value = true; // for what the receiver does only: an async method gives its caller's context back
        try
        {
            await _receive(message, ending).ConfigureAwait(false);
        }
        catch (Exception error) when (!ending.IsCancellationRequested)
        {
            Log.ReceiverFailed(_all.Logger, message.Exchange.Name, error);
        }
    }

    private async Task PauseAsync(CancellationToken ending) => await Task.Delay(_backoff.Next(), _all.Time, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
