using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.RabbitMQ.Diagnostics;
using CeleryNet.RabbitMQ.Topology;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace CeleryNet.RabbitMQ.Publishing;

/// <content>The loop that connects and writes, and what the broker answers.</content>
internal sealed partial class Publisher
{
    // A message is written at most twice: once more after the connection broke before its confirmation.
    private const int MaxWrites = 2;

    private async Task RunAsync()
    {
        var stopping = _stopping.Token;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (!await RunSessionAsync(stopping).ConfigureAwait(false)) await PauseAsync("the connection was lost at once", stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                _failure = (error as TaskQueueException)?.Reason ?? CloseReasons.Describe(error);
                await PauseAsync(_failure, stopping).ConfigureAwait(false);
            }
        }
    }

    private async Task PauseAsync(string reason, CancellationToken stopping)
    {
        var delay = _backoff.Next();
        Log.Unreachable(_logger, Purpose, reason, Math.Round(delay.TotalSeconds, 1));
        await Task.Delay(delay, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // True when the connection was good for something, so that the next may be opened without a pause.
    private async Task<bool> RunSessionAsync(CancellationToken stopping)
    {
        var connection = await _connector.ReconnectAsync(Purpose, stopping).ConfigureAwait(false);
        PublishSession session;
        try
        {
            session = await OpenAsync(connection).ConfigureAwait(false);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await using (session.ConfigureAwait(false))
        {
            var began = _time.GetTimestamp();
            Publish(session);
            try
            {
                await WriteAllAsync(session, stopping).ConfigureAwait(false);
            }
            finally
            {
                Publish(null);
                connection.Drop("disposed");
                if (!stopping.IsCancellationRequested) Resume(await connection.Closed.ConfigureAwait(false));
            }

            var wasGood = session.HasConfirmed || _time.GetElapsedTime(began) > SteadyAfter;
            if (wasGood) _backoff.Reset();
            return wasGood;
        }
    }

    private static readonly TimeSpan SteadyAfter = TimeSpan.FromSeconds(5);

    private async Task<PublishSession> OpenAsync(RabbitMQConnection connection)
    {
        var channel = await connection.OpenChannelAsync(ConfirmMode.Options).ConfigureAwait(false);
        ConfirmMode.TakeOver(channel);
        var session = new PublishSession(connection, channel, new TopologyDeclarer(connection, _time)) { LastConfirm = _time.GetTimestamp() };
        var answered = new List<PendingPublish>(); // events of one channel come one after the other
        channel.BasicAcksAsync += (_, ack) => OnAnswered(session, ack.DeliveryTag, ack.Multiple, isTaken: true, answered);
        channel.BasicNacksAsync += (_, nack) => OnAnswered(session, nack.DeliveryTag, nack.Multiple, isTaken: false, answered);
        channel.BasicReturnAsync += (_, returned) => OnReturned(returned);
        channel.ChannelShutdownAsync += (_, reason) => OnChannelClosed(session, reason);
        connection.BlockedChanged = _work.Set;
        _ = connection.Closed.ContinueWith(static (_, work) => ((AsyncSignal)work!).Set(), _work, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return session;
    }

    private async Task WriteAllAsync(PublishSession session, CancellationToken stopping)
    {
        while (session.Connection.IsOpen)
        {
            if (session.Connection.IsBlocked || _queue.Take() is not { } publish)
            {
                await _work.WaitAsync(stopping).ConfigureAwait(false);
                continue;
            }

            if (!await PrepareAsync(session, publish).ConfigureAwait(false)) continue;
            await WriteAsync(session, publish).ConfigureAwait(false);
        }
    }

    // Declares what the message needs, once per connection. False: the message has failed, or waits for another connection.
    private async Task<bool> PrepareAsync(PublishSession session, PendingPublish publish)
    {
        if (publish.Delay is { } delay) return session.Topology.IsReady(delay.Destination) || Postpone(session, publish);
        var route = publish.Route;
        if (publish.Broadcast is not null ? session.Topology.IsKnownExchange(route.Exchange) : route.Queue is null ? !publish.IsMandatory || session.Topology.IsKnownExchange(route.Exchange) : session.Topology.IsDeclared(route.Queue)) return true;
        try
        {
            if (publish.Broadcast is { } exchange) await session.Topology.DeclareAsync(exchange).ConfigureAwait(false);
            else if (route.Queue is not null) await session.Topology.DeclareAsync(route.Queue).ConfigureAwait(false);
            else if (!await session.Topology.FindExchangeAsync(route.Exchange).ConfigureAwait(false)) // publishing to it would close the channel for all
                publish.End(Refused(publish, $"there is no exchange '{Printable.Limit(route.Exchange)}'", "Declare it, or correct the route."));
            return !publish.IsDone;
        }
        catch (TaskQueueConfigurationException error)
        {
            publish.End(error);
            return false;
        }
        catch
        {
            _queue.PutBack(publish);
            throw;
        }
    }

    private async ValueTask WriteAsync(PublishSession session, PendingPublish publish)
    {
        if (!publish.TryBeginWrite()) return;

        publish.Address(_time.GetUtcNow());
        _queue.AddWritten(publish); // before it is sent: the confirmation may be faster than the return of the call
        ValueTask write;
        try
        {
            // Never with a token: cancelling would leave the client's channel in disorder.
            write = session.Channel.BasicPublishAsync(publish.Exchange, publish.RoutingKey, publish.IsMandatory, publish.Properties, publish.Body, CancellationToken.None);
        }
        finally
        {
            publish.EndWrite();
        }

        try
        {
            if (write.IsCompleted) await write.ConfigureAwait(false);
            else await WaitForSocketAsync(session, write.AsTask()).ConfigureAwait(false);
        }
        catch (Exception error) when (error is ArgumentException or OverflowException)
        {
            _queue.RemoveNewestWritten(publish); // the client could not encode it, so nothing was sent
            publish.End(Refused(publish, Printable.Limit(error.Message), "Correct the message.", error));
        }
        catch (Exception error)
        {
            session.Connection.Drop(CloseReasons.Describe(error));
        }
    }

    // The client's buffer is full. It empties when the broker reads again; when it does not, those who wait time out and the connection is dropped.
    private static async Task WaitForSocketAsync(PublishSession session, Task write)
    {
        var first = await Task.WhenAny(write, session.Connection.Closed).ConfigureAwait(false);
        if (first == write) await write.ConfigureAwait(false);
        else RabbitMQConnection.Observe(write);
    }

    private void Resume(string reason)
    {
        _failure = $"the connection was lost: {reason}";
        _queue.ReturnPostponed();
        var unconfirmed = _queue.DrainUnconfirmed();
        if (!_stopping.IsCancellationRequested) Log.PublisherLost(_logger, reason, unconfirmed.Count);
        foreach (var publish in unconfirmed)
        {
            publish.IsReturned = false;
            if (publish.Writes < MaxWrites) _queue.WriteAgain(publish);
            else publish.End(LostTwice(publish, reason));
        }
    }

    private Task OnAnswered(PublishSession session, ulong number, bool isMultiple, bool isTaken, List<PendingPublish> answered)
    {
        session.LastConfirm = _time.GetTimestamp();
        session.HasConfirmed = true;
        var wasFull = _queue.Confirm(number, isMultiple, answered);
        foreach (var publish in answered)
        {
            if (publish.IsReturned) OnUnroutable(session, publish);
            else publish.End(isTaken ? null : Refused(publish, "it refused the message (nack), for example because the queue is full", "Send it again later."));
        }

        answered.Clear();
        if (wasFull) _work.Set();
        return Task.CompletedTask;
    }

    // The broker sends a message back before it confirms it.
    private Task OnReturned(BasicReturnEventArgs returned)
    {
        if (_queue.FindReturned(returned.Exchange, returned.RoutingKey, returned.BasicProperties.CorrelationId) is { } publish) publish.IsReturned = true;
        return Task.CompletedTask;
    }

    private void OnUnroutable(PublishSession session, PendingPublish publish)
    {
        if (publish.Route.Queue is { } queue && !publish.HasRedeclared)
        {
            Log.QueueMissing(_logger, publish.IsDelayed ? publish.Exchange : queue.Name, publish.TaskId);
            publish.HasRedeclared = true;
            publish.IsReturned = false;
            publish.Writes = 0; // it came back, so the broker does not have it
            if (publish.IsDelayed) session.Topology.ForgetDelayed();
            session.Topology.Forget(queue);
            _queue.WriteAgain(publish);
            _work.Set();
            return;
        }

        publish.End(Refused(
            publish,
            $"no queue is bound to exchange '{Printable.Limit(publish.Exchange)}' with routing key '{Printable.Limit(publish.RoutingKey)}'",
            "Declare the queue, or correct the route."));
    }

    // A channel without which the connection is useless: everything is built anew.
    private static Task OnChannelClosed(PublishSession session, ShutdownEventArgs reason)
    {
        if (reason.Initiator != ShutdownInitiator.Application) session.Connection.Drop(CloseReasons.Describe(reason)); // else this is our own good-bye
        return Task.CompletedTask;
    }

    private PublishException Refused(PendingPublish publish, string reason, string wayOut, Exception? cause = null) => new(
        $"{publish.Subject} was not taken by RabbitMQ at {_settings.Address}: {reason.TrimEnd('.')}. {wayOut}", [publish.TaskId], mayHaveBeenTaken: false, cause);

    private PublishException LostTwice(PendingPublish publish, string reason) => new(
        $"{publish.Subject} was sent to RabbitMQ at {_settings.Address} twice, and both times the connection was lost before it was confirmed ({reason}). "
            + "It may have been taken; sending it again with the same id is recognisable.",
        [publish.TaskId],
        mayHaveBeenTaken: true);
}
