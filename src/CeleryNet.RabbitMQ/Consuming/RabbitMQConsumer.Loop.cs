using CeleryNet.Brokers;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.RabbitMQ.Diagnostics;
using CeleryNet.RabbitMQ.Topology;

namespace CeleryNet.RabbitMQ.Consuming;

/// <content>The loop that builds one generation after the other.</content>
internal sealed partial class RabbitMQConsumer
{
    private async Task RunAsync()
    {
        var stopping = _ending.Token;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var session = Volatile.Read(ref _session) ?? await ReopenAsync(stopping).ConfigureAwait(false);
                if (session is null) return; // stopped meanwhile: there is nothing to settle either
                var began = _time.GetTimestamp();
                var reason = await session.WatchAsync(_brokerSettings.LivenessInterval, stopping).ConfigureAwait(false);
                await LoseAsync(session, reason).ConfigureAwait(false);
                if (_time.GetElapsedTime(began) >= SteadyAfter) await SpreadAsync(stopping).ConfigureAwait(false);
                else await PauseAsync(reason, stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                await PauseAsync(error, stopping).ConfigureAwait(false);
            }
        }
    }

    // A session that ends sooner was good for nothing: without a pause, a reason that stays would make a loop of connections.
    private static readonly TimeSpan SteadyAfter = TimeSpan.FromSeconds(1);

    private async Task LoseAsync(ConsumeSession session, string reason)
    {
        if (CloseReasons.IsConsumerTimeout(reason))
            Log.ConsumerTimedOut(_logger, _settings.NodeName, string.Join(", ", Current().Select(queue => queue.Name)), session.Endpoint, reason, session.Unsettled);
        else
            Log.ConsumerLost(_logger, _settings.NodeName, reason, session.Unsettled);
        if (_usesGlobalPrefetch && reason.Contains("global qos", StringComparison.Ordinal))
        {
            Log.NoGlobalPrefetch(_logger, _settings.NodeName);
            _usesGlobalPrefetch = false;
        }

        lock (_gate)
        {
            _lastDelivery = session.LastDelivery ?? _lastDelivery;
            if (_session == session) _session = null;
        }

        await session.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<ConsumeSession?> ReopenAsync(CancellationToken stopping)
    {
        lock (_gate)
        {
            if (_isStopped) return null;
        }

        var session = await OpenAsync(stopping).ConfigureAwait(false);
        var isStopped = false;
        lock (_gate)
        {
            isStopped = _isStopped;
            if (!isStopped) _session = session;
        }

        if (!isStopped)
        {
            await session.AlignAsync(Current, stopping).ConfigureAwait(false); // to what was changed while it was made
            return session;
        }

        await session.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    private async Task<ConsumeSession> OpenAsync(CancellationToken cancellationToken)
    {
        var purpose = $"{Purpose} {_settings.NodeName}";
        // At first somebody waits for the answer; later it is this loop, which takes its turn.
        var connection = await (_generation == 0 ? _connector.ConnectAsync(purpose, cancellationToken) : _connector.ReconnectAsync(purpose, cancellationToken)).ConfigureAwait(false);
        ConsumeSession? session = null;
        try
        {
            // Deliveries nobody read yet belong to the lost connection; the broker delivers them again.
            while (_generation > 0 && _deliveries.Reader.TryRead(out _)) { }

            var channel = await connection.OpenChannelAsync().ConfigureAwait(false);
            int prefetch;
            IReadOnlyList<QueueDefinition> queues;
            lock (_gate) (prefetch, queues, _) = (_prefetch, _queues, ++_generation);
            var isGlobal = _usesGlobalPrefetch && !queues.Any(QueueArguments.IsQuorum);
            session = new ConsumeSession(_generation, _settings with { Queues = queues }, prefetch, isGlobal, _delays, _wire, _deliveries.Writer, connection, channel, _time, _logger) { Left = ReturnUnread };
            await session.StartAsync().ConfigureAwait(false);
            return session;
        }
        catch
        {
            var reason = connection.Closed.IsCompleted ? await connection.Closed.ConfigureAwait(false) : "";
            if (session is null) await connection.DisposeAsync().ConfigureAwait(false);
            else await LoseAsync(session, reason).ConfigureAwait(false);
            throw;
        }
    }

    // All workers lose a broker that goes away in the same moment: at once all would come together, and for nothing, since it needs longer to be back.
    private Task SpreadAsync(CancellationToken stopping)
    {
        _backoff.Reset();
        return Task.Delay(_backoff.Next(), _time, stopping);
    }

    private async Task PauseAsync(Exception error, CancellationToken stopping)
    {
        var delay = _backoff.Next();
        var reason = (error as TaskQueueException)?.Reason ?? CloseReasons.Describe(error);
        if (error is TaskQueueConfigurationException) Log.ConsumerRefused(_logger, _settings.NodeName, reason, Math.Round(delay.TotalSeconds, 1));
        else Log.Unreachable(_logger, Purpose, reason, Math.Round(delay.TotalSeconds, 1));
        await Task.Delay(delay, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task PauseAsync(string reason, CancellationToken stopping)
    {
        var delay = _backoff.Next();
        Log.Unreachable(_logger, Purpose, reason, Math.Round(delay.TotalSeconds, 1));
        await Task.Delay(delay, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
