using System.Security.Cryptography;
using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>
/// Notes at the broker that the last start of a task begins, so that afterwards it is known whether it did: in the kept message where the broker can change it in place, else as a flag. A message
/// that is sent anew with its count cannot tell, as it may have died with a worker that had only fetched it.
/// </summary>
internal sealed class StartMarks(IFlagStore? flags, Random random, TimeProvider time, ILogger logger)
{
    private const int LongestId = 150; // of a flag's 200 bytes

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24); // of flags that nobody clears, since their worker died for good

    /// <summary>True where starts are noted as flags.</summary>
    internal bool AreFlags(TaskRequest request) => flags is not null && request.Consumer is not IRewritingConsumer;

    /// <summary>True when the start was noted. Asked where <see cref="AreFlags"/>.</summary>
    internal ValueTask<bool> IsSetAsync(TaskRequest request, CancellationToken stopping) =>
        AskAsync(request, static (flags, name, stopping) => flags.IsSetAsync(name, stopping), whenRefused: true, stopping);

    /// <summary>Notes the start; it is kept when this returns.</summary>
    /// <returns>False when the delivery was lost meanwhile.</returns>
    internal ValueTask<bool> TrySetAsync(TaskRequest request, int starts, CancellationToken stopping)
    {
        if (request.Consumer is IRewritingConsumer rewriting) return rewriting.RewriteAsync(request.Delivery, StartCounter.Counted(request.Message, starts), stopping);
        return AskAsync(
            request,
            static async (flags, name, stopping) =>
            {
                await flags.SetAsync(name, Lifetime, stopping).ConfigureAwait(false);
                return true;
            },
            whenRefused: true, // as without flags: a task that is delivered once more is then given up
            stopping);
    }

    /// <summary>Takes the note back. What goes wrong is only logged: at worst the task is given up one start too early, should it be delivered again.</summary>
    internal async ValueTask ClearAsync(TaskRequest request, int starts, CancellationToken stopping)
    {
        try
        {
            if (request.Consumer is IRewritingConsumer rewriting) await rewriting.RewriteAsync(request.Delivery, StartCounter.Counted(request.Message, starts - 1), stopping).ConfigureAwait(false);
            else if (flags is not null) await flags.ClearAsync(NameOf(request.Message), stopping).ConfigureAwait(false);
        }
        catch (Exception error) when (error is TaskQueueException or OperationCanceledException)
        {
            Log.StartNotTakenBack(logger, Printable.Limit(request.Message.Id), Printable.Limit(request.Message.TaskName), error);
        }
    }

    internal static string NameOf(TaskMessage message)
    {
        var id = message.Id!; // read, so it has one
        var part = Encoding.UTF8.GetByteCount(id) <= LongestId ? id : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
        return $"start.{message.Retries}.{part}"; // each attempt is a message of its own
    }

    // A broker that is away is waited for as long as the message is this worker's.
    private async ValueTask<bool> AskAsync(TaskRequest request, Func<IFlagStore, string, CancellationToken, ValueTask<bool>> ask, bool whenRefused, CancellationToken stopping)
    {
        Backoff? backoff = null;
        while (request.Consumer.IsCurrent(request.Delivery))
        {
            try
            {
                return await ask(flags!, NameOf(request.Message), stopping).ConfigureAwait(false); // asked only where there are flags
            }
            catch (TaskQueueConfigurationException error)
            {
                Log.StartNotNoted(logger, Printable.Limit(request.Message.Id), Printable.Limit(request.Message.TaskName), error);
                return whenRefused;
            }
            catch (BrokerUnavailableException error)
            {
                Log.StartNotNoted(logger, Printable.Limit(request.Message.Id), Printable.Limit(request.Message.TaskName), error);
                backoff ??= new Backoff(random);
                await Task.Delay(backoff.Next(), time, stopping).ConfigureAwait(false);
            }
        }

        return false;
    }
}
