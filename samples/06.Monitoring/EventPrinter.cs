using CeleryNet.Events;

namespace Monitoring;

/// <summary>Prints what all workers at the broker tell, Python's too: what <c>celery events --dump</c> shows.</summary>
internal sealed class EventPrinter(IEventReceiver events) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var told in events.CaptureAsync(stoppingToken))
        {
            Console.WriteLine(told is TaskEvent task ? $"event {told.Type} {task.TaskId}" : $"event {told.Type} {told.NodeName}");
        }
    }
}
