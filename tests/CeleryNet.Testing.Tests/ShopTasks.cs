using System.Text.Json.Serialization;

namespace CeleryNet.Testing.Tests;

public sealed record Order(int Id, List<string> Lines);

[JsonSerializable(typeof(Order))]
public sealed partial class ShopJson : JsonSerializerContext;

public interface IMailer
{
    Task SendAsync(string text);
}

public sealed class ShopTasks(IMailer mailer, ITaskClient tasks, TimeProvider time)
{
    [Task("shop.bill")]
    public async Task<string> BillAsync(Order order)
    {
        await mailer.SendAsync($"bill {order.Id}");
        return $"{order.Lines.Count} lines";
    }

    [Task("shop.remind")]
    public Task RemindAsync(int order) => mailer.SendAsync($"remind {order} at {time.GetUtcNow():HH:mm:ss}");

    [Task("shop.order")]
    public async Task OrderAsync(Order order)
    {
        await tasks.EnqueueAsync(ShopTasks.BillTask(order));
        await tasks.EnqueueAsync(ShopTasks.RemindTask(order.Id).With(o => o.Countdown = TimeSpan.FromHours(1)));
    }

    [Task("shop.charge", MaxRetries = 3, RetryDelay = "00:05:00", NoRetryFor = [typeof(ArgumentException)])]
    public async Task<int> ChargeAsync(int order, TaskContext context)
    {
        await mailer.SendAsync($"charge {order} #{context.Retries} at {time.GetUtcNow():HH:mm:ss}");
        return context.Retries;
    }

    [Task("shop.poll", Queue = "polling")]
    public TaskOutcome Poll(TaskContext context) => context.Eta is null ? TaskOutcome.Snooze(TimeSpan.FromMinutes(1)) : TaskOutcome.Success;

    // Once a year, so that no other test of a beat meets it.
    [Task("shop.stocktaking"), Periodic("0 6 31 dec *", Zone = "Europe/Berlin")]
    public Task CountStockAsync(string depot = "main") => mailer.SendAsync($"count {depot} at {time.GetUtcNow():MM-dd HH:mm}");

    [Task("shop.forget", IgnoreResult = true)]
    public Task ForgetAsync(int order) => mailer.SendAsync($"forget {order}");

    [Task("shop.early", AckEarly = true)]
    public async Task EarlyAsync()
    {
        await Task.Yield();
        await mailer.SendAsync("early");
    }

    [Task("shop.early_again", AckEarly = true, MaxRetries = 1, RetryDelay = "00:01:00")]
    public async Task EarlyAgainAsync(TaskContext context)
    {
        await Task.Yield();
        if (context.Retries == 0) throw new IOException("busy");
        await mailer.SendAsync("early again");
    }

    [Task("shop.wait", SoftTimeLimit = "00:01:00")]
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await mailer.SendAsync("waiting");
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    [Task("shop.reject")]
    public TaskOutcome Reject() => TaskOutcome.Reject(reason: "no");
}
