using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Connections;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace CeleryNet.RabbitMQ.Browsing;

/// <summary>Flags as queues without messages: a flag is set while its queue exists. Each request has a channel of its own, since asking for a queue that is missing costs the channel.</summary>
internal sealed class FlagQueues(SharedConnection connections, string address)
{
    private const string Prefix = "celerynet.flag.";
    private const string Lifetime = "x-expires";
    private const int MostTries = 3;

    /// <summary>Returns when the flag is kept.</summary>
    internal async Task SetAsync(string name, TimeSpan? lifetime, CancellationToken cancellationToken)
    {
        var queue = Prefix + name;
        var arguments = lifetime is { } time ? new Dictionary<string, object?> { [Lifetime] = (long)Math.Ceiling(time.TotalMilliseconds) } : null;
        for (var tried = 1; !await TryDeclareAsync(queue, arguments, isLast: tried == MostTries, cancellationToken).ConfigureAwait(false); tried++)
            await ClearAsync(name, cancellationToken).ConfigureAwait(false); // it has another lifetime, and no queue can be given another one
    }

    internal async Task<bool> IsSetAsync(string name, CancellationToken cancellationToken)
    {
        var queue = Prefix + name;
        try
        {
            // Emptying what is empty, instead of a passive declaration: that one would count as use and begin the lifetime anew.
            await AskAsync(queue, channel => channel.QueuePurgeAsync(queue), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode == CloseReasons.NotFound)
        {
            return false;
        }
    }

    internal Task ClearAsync(string name, CancellationToken cancellationToken) =>
        AskAsync(Prefix + name, channel => channel.QueueDeleteAsync(Prefix + name), cancellationToken); // of a queue that is missing nothing is said

    private async Task<bool> TryDeclareAsync(string queue, Dictionary<string, object?>? arguments, bool isLast, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(queue, channel => channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode == CloseReasons.PreconditionFailed)
        {
            return isLast
                ? throw new BrokerUnavailableException(
                    ErrorCodes.BrokerUnavailable, $"Flag queue '{Printable.Limit(queue)}' on RabbitMQ at {address} cannot be made, since others make it with another lifetime all the time: {CloseReasons.Describe(error)}", error)
                : false;
        }
    }

    private async Task AskAsync<T>(string queue, Func<IChannel, Task<T>> ask, CancellationToken cancellationToken)
    {
        var connection = await connections.GetAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var channel = await connection.OpenChannelAsync().ConfigureAwait(false);
            await connection.AskAsync(ask(channel)).ConfigureAwait(false);
            await connection.AskAsync(channel.CloseAsync(CancellationToken.None)).ConfigureAwait(false);
        }
        catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode is CloseReasons.NotFound or CloseReasons.PreconditionFailed)
        {
            throw; // the caller knows what it means
        }
        catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode == CloseReasons.AccessRefused)
        {
            throw new TaskQueueConfigurationException(
                ErrorCodes.InvalidConfiguration,
                $"Flag queue '{Printable.Limit(queue)}' on RabbitMQ at {address} cannot be used: the user may not ({Printable.Limit(error.ShutdownReason.ReplyText)}). "
                    + $"Grant it the permissions to configure and read queues named {Prefix}*.",
                error);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new BrokerUnavailableException(
                ErrorCodes.BrokerUnavailable, $"Flag queue '{Printable.Limit(queue)}' on RabbitMQ at {address} cannot be asked for: {CloseReasons.Describe(error)}", error);
        }
    }
}
