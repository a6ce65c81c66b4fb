using System.Text.Json;
using CeleryNet.Control;

namespace CeleryNet.Worker.Commands;

/// <summary>Celery's <c>ping</c>. With the name of a queue it comes from a C# client that has paused the queue, or let it go on: the worker looks at once.</summary>
internal sealed class PingCommand(ConsumedQueues queues) : IControlCommand
{
    public string Method => "ping";

    public async ValueTask ExecuteAsync(JsonElement arguments, Utf8JsonWriter reply, CancellationToken cancellationToken)
    {
        var queue = CommandArguments.Read(arguments, static arguments => CommandArguments.Text(arguments, ControlMessages.LookAt));
        reply.WriteOk("pong");
        if (queue is not null) await queues.LookAsync(queue, cancellationToken).ConfigureAwait(false);
    }
}
