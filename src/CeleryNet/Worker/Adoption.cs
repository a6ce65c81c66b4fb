using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// Recognises a message that the broker hands out again although this worker is running it, or has run it: its connection or channel was lost, by RabbitMQ's <c>consumer_timeout</c> for example.
/// It is not run twice; the run goes on and is settled by the new delivery.
/// </summary>
internal sealed class Adoption(RunningTasks running, LostSettlements lost, ILogger logger)
{
    /// <summary>Asked for redelivered messages only, so that all others pay nothing.</summary>
    /// <returns>True when the delivery has been dealt with.</returns>
    internal async ValueTask<bool> TryAsync(TaskRequest again)
    {
        var message = again.Message;
        var id = message.Id!; // read, so it has one
        if (running.Find(id, message.Retries) is { } request)
        {
            // While its own delivery is good, the other one is another message with the same id.
            if (request.Consumer.IsCurrent(request.Delivery)) return false;
            if (request.TryAdopt(again.Delivery))
            {
                Log.TaskAdopted(logger, Printable.Limit(message.Id), Printable.Limit(message.TaskName));
                return true;
            }

            // Settled early, or in this moment, on the lost connection.
            return request.EndsAs is { } settlement && await SettleAsync(again, settlement).ConfigureAwait(false);
        }

        return lost.Find(id, message.Retries) is { } known && await SettleAsync(again, known).ConfigureAwait(false);
    }

    private async ValueTask<bool> SettleAsync(TaskRequest again, Settlement settlement)
    {
        if (settlement == Settlement.Requeue || again.TakeForSettlement() is not { } delivery) return false;
        Log.TaskSettledAgain(logger, Printable.Limit(again.Message.Id), Printable.Limit(again.Message.TaskName));
        await again.Consumer.SettleAsync(delivery, settlement, CancellationToken.None).ConfigureAwait(false);
        return true;
    }
}
