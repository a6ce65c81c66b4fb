using System.Collections.Frozen;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Client;

/// <summary>Reserves the keys of unique tasks before they are sent. Thread-safe.</summary>
internal sealed class UniqueCalls(IBroker broker, IResultBackend results, IUniqueKeyStore? store, TaskHandlerTable handlers, ITaskControl control, WireOptions wire, TimeProvider time, ILogger logger)
{
    // For calls by name, whose signature knows nothing but the name.
    private readonly FrozenDictionary<string, TaskDefinition> _byName = handlers.Names
        .Select(name => handlers.TryGet(name, out var handler) ? handler.Definition : null).OfType<TaskDefinition>()
        .Where(definition => definition.Conditions?.Unique is not null).ToFrozenDictionary(definition => definition.Name);

    /// <summary>The definition of the task where it is unique, else <c>null</c>.</summary>
    internal TaskDefinition? Find(Signature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        if (signature.Definition.Conditions?.Unique is not null) return signature.Definition;
        return _byName.Count > 0 ? _byName.GetValueOrDefault(signature.Name) : null;
    }

    /// <summary>Reserves the key of a call whose message is written, and marks the message with it.</summary>
    /// <exception cref="TaskQueueConfigurationException">Nothing keeps keys.</exception>
    /// <exception cref="MessageFormatException">The arguments of a call by name do not fit the task.</exception>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    internal async ValueTask<UniqueReservation> ReserveAsync(TaskDefinition unique, TaskMessage message, CancellationToken cancellationToken)
    {
        var keys = store ?? throw new TaskQueueConfigurationException(ErrorCodes.InvalidConfiguration, NoStore(unique.Name, broker, results));
        var rule = unique.Conditions!.Unique!; // it was found by that
        var mark = new UniqueMark(KeyOf(unique, message), rule.For, rule.Until);
        var id = message.Id!; // Create sets it
        var wait = message.Eta - time.GetUtcNow();
        var lifetime = rule.For + (wait > TimeSpan.Zero ? wait.Value : TimeSpan.Zero);
        var former = await keys.ReserveAsync(mark.Key, id, lifetime, rule.OnDuplicate == DuplicatePolicy.Replace, cancellationToken).ConfigureAwait(false);
        mark.Write(message);
        return new UniqueReservation(id, mark, former, rule.OnDuplicate);
    }

    /// <summary>Tells the workers that the task was sent in the place of another one.</summary>
    internal ValueTask SentAsync(UniqueReservation reservation, CancellationToken cancellationToken) =>
        reservation.Replaced is { } replaced ? new ValueTask(control.RevokeAsync([replaced], terminate: false, cancellationToken)) : default;

    /// <summary>Frees the key of a task that was certainly not sent, or gives it back to the one it was taken from.</summary>
    /// <param name="reservation">The reservation.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="isPublishing">True when the broker may have seen the message.</param>
    internal async ValueTask FailedAsync(UniqueReservation reservation, Exception error, bool isPublishing)
    {
        if (reservation.IsDuplicate || (isPublishing && !(error is PublishException { MayHaveBeenTaken: false } publish && publish.TaskIds.Contains(reservation.TaskId)))) return;
        await ReleaseAsync(reservation).ConfigureAwait(false);
    }

    /// <summary>Frees a key that was reserved just now, or gives it back to the task it was taken from; one that the task had before is left to it.</summary>
    internal async ValueTask ReleaseAsync(UniqueReservation reservation)
    {
        if (reservation.IsOwn) return;
        var mark = reservation.Mark;
        try
        {
            if (reservation.Replaced is { } former) await store!.ReserveAsync(mark.Key, former, mark.For, replace: true, CancellationToken.None).ConfigureAwait(false); // it reserved, so it is there
            else await store!.ReleaseAsync(mark.Key, reservation.TaskId, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TaskQueueException second)
        {
            Log.UniqueKeyNotReleased(logger, reservation.TaskId, mark.Key, mark.For.TotalSeconds, second);
        }
    }

    /// <summary>Why a unique task cannot be sent, and the way out.</summary>
    internal static string NoStore(string task, IBroker broker, IResultBackend results) =>
        $"Task '{Printable.Limit(task)}' is [Unique], which needs a store that all hosts share, but neither the broker {broker.Address} nor the result store {results.Address} keeps keys. "
        + "Use Redis as broker (UseRedis) or for results (UseRedisResults), or remove the attribute.";

    private string KeyOf(TaskDefinition unique, TaskMessage message)
    {
        try
        {
            return unique.Conditions!.UniqueKeyOf(unique.Name, TaskBody.Read(message, wire), wire); // it was found by its condition
        }
        catch (TaskArgumentException error)
        {
            throw CallError.Invalid(unique.Name, $"its key cannot be made, since {error.Message}", error);
        }
    }
}
