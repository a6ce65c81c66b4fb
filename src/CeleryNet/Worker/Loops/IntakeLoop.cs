using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker.Loops;

/// <summary>Reads what a consumer delivers and sends it through the pipeline, until the consumer is stopped.</summary>
internal sealed class IntakeLoop(IBrokerConsumer consumer, Pipeline pipeline, ILogger logger)
{
    internal async Task RunAsync(CancellationToken stopping)
    {
        while (await consumer.Deliveries.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
        {
            while (consumer.Deliveries.TryRead(out var delivery))
            {
                try
                {
                    await pipeline.AcceptAsync(consumer, delivery, stopping).ConfigureAwait(false);
                }
                catch (Exception error)
                {
                    // A fault of this library: refused, or it would come back for ever.
                    Log.TaskNotFinished(logger, Printable.Limit(delivery.Message.Id), Printable.Limit(delivery.Message.TaskName), error);
                    await consumer.SettleAsync(delivery, Settlement.Reject, CancellationToken.None).ConfigureAwait(false);
                }
            }
        }
    }
}
