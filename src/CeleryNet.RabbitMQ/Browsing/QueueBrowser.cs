using CeleryNet.Brokers;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.Serialization;

namespace CeleryNet.RabbitMQ.Browsing;

/// <summary>Looks into queues, each time on a channel of its own: a queue that is missing costs only that channel.</summary>
internal sealed class QueueBrowser(SharedConnection connections, RabbitMQSettings settings, WireOptions wire)
{
    internal Task<long> CountAsync(string queue, CancellationToken cancellationToken) => RunAsync(queue, static look => look.CountAsync(), cancellationToken);

    internal Task<long> PurgeAsync(string queue, CancellationToken cancellationToken) => RunAsync(queue, static look => look.PurgeAsync(), cancellationToken);

    internal Task<long> PurgeAsync(string queue, long most, CancellationToken cancellationToken) => RunAsync(
        queue,
        async look =>
        {
            var ready = await look.CountAsync().ConfigureAwait(false);
            if (ready > most) return ready;
            var removed = 0L;
            for (; removed < ready; removed++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!await look.RemoveAsync().ConfigureAwait(false)) break; // a worker was quicker
            }

            return removed;
        },
        cancellationToken);

    internal async Task<IReadOnlyList<Delivery>> PeekAsync(string queue, int limit, CancellationToken cancellationToken)
    {
        var seen = new List<Delivery>();
        await RunAsync(
            queue,
            async look =>
            {
                while (seen.Count < limit && await look.GetAsync().ConfigureAwait(false) is { } got)
                {
                    seen.Add(look.Read(got));
                    cancellationToken.ThrowIfCancellationRequested();
                }

                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return seen;
    }

    internal Task<int> TakeAsync(string queue, int limit, Func<Delivery, CancellationToken, ValueTask<Settlement>> handler, CancellationToken cancellationToken) => RunAsync(
        queue,
        async look =>
        {
            // What is ready now and no more: a handler may publish to the same queue. What it requeues is kept to the end, or it would be seen again.
            var left = Math.Min(limit, await look.CountAsync().ConfigureAwait(false));
            var acknowledged = 0;
            for (; left > 0; left--)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (await look.GetAsync().ConfigureAwait(false) is not { } got) break;
                var settlement = await handler(look.Read(got), cancellationToken).ConfigureAwait(false);
                if (settlement == Settlement.Requeue) continue;
                await look.SettleAsync(got, settlement).ConfigureAwait(false);
                if (settlement == Settlement.Acknowledge) acknowledged++;
            }

            return acknowledged;
        },
        cancellationToken);

    private async Task<T?> RunAsync<T>(string queue, Func<QueueLook, Task<T>> run, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(cancellationToken).ConfigureAwait(false);
        var look = await QueueLook.OpenAsync(connection, queue, settings.Address, wire).ConfigureAwait(false);
        await using (look.ConfigureAwait(false))
        {
            try
            {
                return await run(look).ConfigureAwait(false);
            }
            catch (QueueMissingException)
            {
                return default; // a queue that does not exist is an empty one
            }
        }
    }
}
