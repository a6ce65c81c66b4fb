namespace CeleryNet.Worker.Steps;

/// <summary>Is it too late for the task? Asked on receipt and again before it starts, as Celery does.</summary>
internal sealed class ExpiryStep(TimeProvider time)
{
    internal bool IsExpired(TaskRequest request) => request.Message.Expires is { } expires && expires <= time.GetUtcNow();
}
