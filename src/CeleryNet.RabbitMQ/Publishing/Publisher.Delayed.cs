using CeleryNet.RabbitMQ.Connections;

namespace CeleryNet.RabbitMQ.Publishing;

/// <content>Sets up delayed delivery beside the loop that writes, so that nobody else waits for it.</content>
internal sealed partial class Publisher
{
    // Always false: the message is not to be written now.
    private bool Postpone(PublishSession session, PendingPublish publish)
    {
        if (_queue.Postpone(publish)) session.Preparing = PrepareDelayedAsync(session);
        return false;
    }

    private async Task PrepareDelayedAsync(PublishSession session)
    {
        await Task.Yield(); // the caller is the loop that writes
        while (session.Connection.IsOpen && _queue.NextPostponed() is { } destination)
        {
            try
            {
                await session.Topology.DeclareDelayedAsync(destination, _settings.DelayQueueType).ConfigureAwait(false);
                _queue.ReleasePostponed(destination, _time.GetTimestamp() + _time.TimestampFrequency);
            }
            catch (TaskQueueConfigurationException error)
            {
                foreach (var publish in _queue.RemovePostponed(destination)) publish.End(error);
            }
            catch (Exception error)
            {
                session.Connection.Drop(CloseReasons.Describe(error)); // the next connection begins anew
            }

            _work.Set();
        }
    }
}
