using System.Text.Json;
using CeleryNet.Control;

namespace CeleryNet.Worker.Commands;

/// <summary>Celery's <c>cancel_consumer</c>: leaves a queue. Other than Celery's workers, this one gives back what it has fetched and not begun.</summary>
internal sealed class CancelConsumerCommand(ConsumedQueues queues) : IControlCommand
{
    public string Method => "cancel_consumer";

    public async ValueTask ExecuteAsync(JsonElement arguments, Utf8JsonWriter reply, CancellationToken cancellationToken)
    {
        var queue = CommandArguments.Read(arguments, CommandArguments.Queue);
        if (!CommandArguments.IsOfPause(arguments)) await queues.CancelAsync(queue, cancellationToken).ConfigureAwait(false);
        reply.WriteOk($"no longer consuming from {queue}");
    }
}
