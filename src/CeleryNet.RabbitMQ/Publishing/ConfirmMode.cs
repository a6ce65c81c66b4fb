using System.Runtime.CompilerServices;
using RabbitMQ.Client;

namespace CeleryNet.RabbitMQ.Publishing;

/// <summary>
/// Keeps the client from touching the properties of confirmed messages. While a channel has confirms on, version 7 copies every property object that is not its own into one that
/// cannot say "priority 0", and counts what this package counts itself. Turning its flag off after <c>confirm.select</c> stops both; the broker goes on confirming, and the
/// channel goes on raising its events. A client without that flag still works, only a priority of 0 is then left out on the wire.
/// </summary>
internal static class ConfirmMode
{
    /// <summary>Confirms without the client's own counting.</summary>
    internal static CreateChannelOptions Options { get; } =
        new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false, outstandingPublisherConfirmationsRateLimiter: null);

    /// <summary>Call once, before the first publish on the channel.</summary>
    /// <returns>False when this client has no such flag.</returns>
    internal static bool TakeOver(IChannel channel)
    {
        try
        {
            EnabledFlag(channel) = false;
            return true;
        }
        catch (Exception error) when (error is MissingFieldException or TypeLoadException or InvalidCastException)
        {
            return false;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_publisherConfirmationsEnabled")]
    private static extern ref bool EnabledFlag([UnsafeAccessorType("RabbitMQ.Client.Impl.Channel, RabbitMQ.Client")] object channel);
}
