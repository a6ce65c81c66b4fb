using CeleryNet;

namespace CeleryNetWorker;

/// <summary>A first task. From Python: <c>app.send_task("greetings.hello", ["Ann"])</c>.</summary>
public sealed class GreetingTasks(ILogger<GreetingTasks> logger)
{
    [Task("greetings.hello", MaxRetries = 3, RetryBackoff = true)]
    public async Task<string> HelloAsync(string name, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken); // the slow part
        logger.LogInformation("Greeted {Name}", name);
        return $"Hello {name}";
    }
}
