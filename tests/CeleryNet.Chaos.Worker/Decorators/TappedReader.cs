using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using CeleryNet.Brokers;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Shows every delivery that is read to <paramref name="isPassed"/>, and keeps from the worker what that does not pass.</summary>
internal sealed class TappedReader(ChannelReader<Delivery> inner, Func<Delivery, bool> isPassed) : ChannelReader<Delivery>
{
    public override Task Completion => inner.Completion;

    public override bool TryRead([MaybeNullWhen(false)] out Delivery item)
    {
        while (inner.TryRead(out item))
        {
            if (isPassed(item)) return true;
        }

        return false;
    }

    public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => inner.WaitToReadAsync(cancellationToken);
}
