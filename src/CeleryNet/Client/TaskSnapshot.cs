using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using CeleryNet.Client;
using CeleryNet.Diagnostics;
using CeleryNet.Results;
using CeleryNet.Serialization;

namespace CeleryNet;

/// <summary>What was known of a task at one moment: its state, and value, progress or error as data.</summary>
public class TaskSnapshot
{
    private readonly WireOptions _wire;

    internal TaskSnapshot(string taskId, TaskResult? result, WireOptions wire)
    {
        TaskId = taskId;
        Result = result;
        _wire = wire;
    }

    /// <summary>Id of the task.</summary>
    public string TaskId { get; }

    /// <summary>State, one of <see cref="TaskStates"/> or a custom one; PENDING when nothing is stored, also for an unknown id.</summary>
    public string State => Result?.State ?? TaskStates.Pending;

    /// <summary>True for SUCCESS, FAILURE and REVOKED: nothing follows.</summary>
    public bool IsReady => TaskStates.IsReady(State);

    /// <summary>True for SUCCESS.</summary>
    public bool IsSuccess => State == TaskStates.Success;

    /// <summary>The error of FAILURE, REVOKED and RETRY; <c>null</c> otherwise. Data only: no type is loaded by its names.</summary>
    public RemoteError? Error => Result?.Error;

    /// <summary>Stack trace of the failing side as text; <c>null</c> when there is none.</summary>
    public string? Traceback => Result?.Traceback;

    /// <summary>When the task ended; <c>null</c> while it has not, and where the store does not keep it.</summary>
    public DateTimeOffset? DateDone => Result?.DateDone;

    /// <summary>The return value, or what the task reported in a custom state, as JSON; of kind <see cref="JsonValueKind.Null"/> when there is none.</summary>
    public JsonElement Json => Read(WireConverters.JsonElement);

    /// <summary>The document as the store keeps it; <c>null</c> for PENDING.</summary>
    internal TaskResult? Result { get; }

    /// <summary>Reads the return value, or the data of a custom state such as progress.</summary>
    /// <typeparam name="T">A type CeleryNet knows, or one with JSON metadata (<c>UseJsonContext</c>).</typeparam>
    /// <exception cref="MessageFormatException">The value does not fit the type, or the type is neither known nor has metadata.</exception>
    public T Read<T>() => Read(TypeConverters.For<T>(_wire));

    /// <summary>Reads the return value, or the data of a custom state such as progress.</summary>
    /// <param name="converter">Reads the type.</param>
    /// <exception cref="MessageFormatException">The value does not fit the type.</exception>
    public T Read<T>(WireConverter<T> converter)
    {
        ArgumentNullException.ThrowIfNull(converter);
        try
        {
            return WireValue.Read(Result?.Value ?? default, converter, _wire);
        }
        catch (MessageFormatException error)
        {
            throw new MessageFormatException(
                ErrorCodes.BadValue, $"The value of task {Printable.Limit(TaskId)} in state {Printable.Limit(State)} cannot be read as {typeof(T).Name}: {error.Reason}", error);
        }
    }

    /// <summary>Throws when the task failed or was revoked.</summary>
    /// <exception cref="TaskRevokedException">It was revoked or expired.</exception>
    /// <exception cref="RemoteTaskException">It failed.</exception>
    public void ThrowIfFailed()
    {
        if (State is TaskStates.Failure or TaskStates.Revoked) Throw();
    }

    /// <summary>State and id.</summary>
    public override string ToString() => $"{State} {TaskId}";

    [DoesNotReturn]
    private void Throw()
    {
        var error = Error ?? new RemoteError("Exception", default, null);
        throw State == TaskStates.Revoked ? new TaskRevokedException(TaskId, error, Traceback) : new RemoteTaskException(TaskId, State, error, Traceback);
    }
}

/// <summary>The final state of a task that returns <typeparamref name="T"/>.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
public sealed class TaskSnapshot<T> : TaskSnapshot
{
    private readonly WireConverter<T> _converter;

    internal TaskSnapshot(string taskId, TaskResult? result, WireOptions wire, WireConverter<T> converter) : base(taskId, result, wire) => _converter = converter;

    /// <summary>The return value. Reading it throws where the task failed, so ask <see cref="TaskSnapshot.IsSuccess"/> first.</summary>
    /// <exception cref="TaskRevokedException">The task was revoked or expired.</exception>
    /// <exception cref="RemoteTaskException">The task failed.</exception>
    /// <exception cref="MessageFormatException">The value does not fit <typeparamref name="T"/>.</exception>
    [SuppressMessage("Design", "CA1065:Do not raise exceptions in unexpected locations", Justification = "As Task<T>.Result: there is no value to return.")]
    public T Value
    {
        get
        {
            ThrowIfFailed();
            return Read(_converter);
        }
    }
}
