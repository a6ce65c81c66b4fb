using System.Runtime.ExceptionServices;
using CeleryNet.Brokers;
using CeleryNet.Client;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Scheduling;

/// <summary>Sends the task of an entry for one of its moments, as the client does: with the id that follows from both, and where broker and lease are one server under its lease.</summary>
internal sealed class BeatSender(string beat, TaskClient client, IBroker broker, IFencedPublisher? fenced, ILogger logger)
{
    /// <exception cref="PublishException">The broker did not take it.</exception>
    /// <exception cref="BrokerUnavailableException">The store of unique keys cannot be reached.</exception>
    /// <exception cref="MessageFormatException">The call is not valid.</exception>
    internal async Task<BeatOutcome> SendAsync(LeaderTerm term, BeatEntry entry, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        var call = entry.Task.With(options =>
        {
            options.TaskId = RunId.Of(beat, entry.Name, moment);
            options.Headers[TaskHeaders.PeriodicTaskName] = entry.Name;
        });
        FencedOutcome? outcome = null; // what the broker says counts, whatever a filter makes of it
        ExceptionDispatchInfo? failure = null;
        try
        {
            var handle = await client.SendByAsync(call, PublishAsync, cancellationToken).ConfigureAwait(false);
            if (outcome is null && handle.IsDuplicate) return BeatOutcome.Duplicate;
        }
        catch (Exception error) when (outcome is not null || failure is not null)
        {
            failure?.Throw();
            if (outcome != FencedOutcome.NotLeading) Log.BeatSentButFailed(logger, Printable.Limit(entry.Name), moment, error);
        }

        return outcome switch
        {
            FencedOutcome.NotLeading => BeatOutcome.NotLeading,
            FencedOutcome.SentBefore => BeatOutcome.SentBefore,
            _ => BeatOutcome.Sent,
        };

        async ValueTask<bool> PublishAsync(TaskMessage message, Route route, CancellationToken cancellationToken)
        {
            try
            {
                outcome = await TakeAsync(message, route, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
                throw;
            }

            if (outcome != FencedOutcome.NotLeading) return outcome == FencedOutcome.Sent;

            // For the filters, which would take it for sent, and for the key.
            throw new PublishException($"Periodic task '{Printable.Limit(entry.Name)}' was not sent, since another beat leads.", [message.Id ?? ""], mayHaveBeenTaken: false);
        }

        async ValueTask<FencedOutcome> TakeAsync(TaskMessage message, Route route, CancellationToken cancellationToken)
        {
            if (fenced is not null) return await fenced.PublishFencedAsync(term, new FencedMessage(message, route, entry.Name, moment), cancellationToken).ConfigureAwait(false);
            await broker.PublishAsync(message, route, cancellationToken).ConfigureAwait(false);
            return FencedOutcome.Sent;
        }
    }
}
