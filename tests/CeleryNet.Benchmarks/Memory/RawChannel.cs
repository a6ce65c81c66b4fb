using System.Threading.Channels;
using CeleryNet.Benchmarks.Harness;
using CeleryNet.Messages;

namespace CeleryNet.Benchmarks.Memory;

/// <summary>System.Threading.Channels alone: message objects with ids from as many callers, handed over without any encoding, read by one loop.</summary>
internal sealed class RawChannel : IContender
{
    private const int Callers = 1000;

    public string Name => "Channel<T>, no encoding";

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var channel = Channel.CreateUnbounded<TaskMessage>(new UnboundedChannelOptions { SingleReader = true });
        var meter = Meter.Start();
        var reader = ReadAsync(channel.Reader, operations, deadline);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => WriteAsync(channel.Writer, operations / Callers))).WaitAsync(deadline).ConfigureAwait(false);
        channel.Writer.Complete();
        await reader.WaitAsync(deadline).ConfigureAwait(false);
        return meter.Stop(operations);
    }

    public ValueTask DisposeAsync() => default;

    private static async Task WriteAsync(ChannelWriter<TaskMessage> writer, int count)
    {
        for (var i = 0; i < count; i++) await writer.WriteAsync(SampleMessages.Create()).ConfigureAwait(false);
    }

    private static async Task<int> ReadAsync(ChannelReader<TaskMessage> reader, int count, CancellationToken deadline)
    {
        var sum = 0;
        while (await reader.WaitToReadAsync(deadline).ConfigureAwait(false))
        {
            while (reader.TryRead(out var message)) sum += message.Body.Length;
        }

        return sum / count;
    }
}
