using System.Text.Json;
using CeleryNet.Control;

namespace CeleryNet.Worker.Commands;

/// <summary>Celery's <c>cancel_consumer</c>: leaves a queue. Other than Celery's workers, this one gives back what it has fetched and not begun.</summary>
internal sealed class CancelConsumerCommand(ConsumedQueues queues) : IControlCommand
{
    public string Method => "cancel_consumer";

    public async ValueTask ExecuteAsync(JsonElement arguments, CancellationToken cancellationToken)
    {
        var queue = CommandArguments.Read(arguments, static arguments => CommandArguments.IsOfPause(arguments) ? null : CommandArguments.Queue(arguments));
        if (queue is not null) await queues.CancelAsync(queue, cancellationToken).ConfigureAwait(false);
    }
}
