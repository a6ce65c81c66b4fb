using System.Runtime.CompilerServices;
using System.Threading.Channels;
using CeleryNet.Brokers;

namespace CeleryNet.Contracts;

/// <summary>Waits for signals with a deadline, so that a broken implementation fails and does not hang.</summary>
public static class Deadline
{
    /// <summary>The usual deadline: 10 s.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(10);

    /// <summary>Waits for the task; a <see cref="TimeoutException"/> names the expression that did not end.</summary>
    public static async Task Within(this Task task, TimeSpan? limit = null, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        try
        {
            await task.WaitAsync(limit ?? Usual);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"'{what}' did not end within {limit ?? Usual}.");
        }
    }

    /// <summary>Waits for the task's value.</summary>
    public static async Task<T> Within<T>(this Task<T> task, TimeSpan? limit = null, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        await ((Task)task).Within(limit, what);
        return await task;
    }

    /// <summary>Waits for the task.</summary>
    public static Task Within(this ValueTask task, TimeSpan? limit = null, [CallerArgumentExpression(nameof(task))] string what = "") =>
        task.AsTask().Within(limit, what);

    /// <summary>Waits for the task's value.</summary>
    public static Task<T> Within<T>(this ValueTask<T> task, TimeSpan? limit = null, [CallerArgumentExpression(nameof(task))] string what = "") =>
        task.AsTask().Within(limit, what);

    /// <summary>Reads the next element of the channel.</summary>
    public static async Task<T> NextAsync<T>(this ChannelReader<T> reader)
    {
        using var limit = new CancellationTokenSource(Usual);
        try
        {
            return await reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"Nothing arrived within {Usual}.");
        }
    }

    /// <summary>Reads the next <paramref name="count"/> elements of the channel.</summary>
    public static async Task<List<T>> NextAsync<T>(this ChannelReader<T> reader, int count)
    {
        var items = new List<T>(count);
        while (items.Count < count)
        {
            try
            {
                items.Add(await reader.NextAsync());
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"Only {items.Count} of {count} arrived; the next not within {Usual}.");
            }
        }

        return items;
    }

    /// <summary>Reads the next delivery of the consumer.</summary>
    public static Task<Delivery> NextAsync(this IBrokerConsumer consumer) => consumer.Deliveries.NextAsync();

    /// <summary>Reads the next <paramref name="count"/> deliveries of the consumer.</summary>
    public static Task<List<Delivery>> NextAsync(this IBrokerConsumer consumer, int count) => consumer.Deliveries.NextAsync(count);

    /// <summary>Reads the next delivery and acknowledges it.</summary>
    public static async Task<Delivery> TakeAsync(this IBrokerConsumer consumer)
    {
        var delivery = await consumer.NextAsync();
        await consumer.SettleAsync(delivery, Settlement.Acknowledge, CancellationToken.None).Within();
        return delivery;
    }
}
