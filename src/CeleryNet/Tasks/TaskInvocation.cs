using System.Buffers;
using System.Text.Json;
using CeleryNet.Serialization;

namespace CeleryNet.Tasks;

/// <summary>One run of one task as the generated handler sees it: what to read from, what to inject, where the return value goes. Not for user code.</summary>
public sealed class TaskInvocation
{
    private readonly TaskBody _body;
    private readonly WireOptions _options;
    private readonly WireBuffer? _result;

    /// <summary>Creates the invocation.</summary>
    /// <param name="context">The context injected into the task.</param>
    /// <param name="body">The body of its message.</param>
    /// <param name="options">How values become bytes.</param>
    /// <param name="services">The attempt's services; <c>null</c> when the handler needs none.</param>
    /// <param name="result">Where the return value is written; <c>null</c> when nobody wants it.</param>
    public TaskInvocation(TaskContext context, in TaskBody body, WireOptions options, IServiceProvider? services, WireBuffer? result)
    {
        Context = context;
        _body = body;
        _options = options;
        Services = services;
        _result = result;
    }

    /// <summary>The context of the run.</summary>
    public TaskContext Context { get; }

    /// <summary>The attempt's services; <c>null</c> unless <see cref="TaskHandler.NeedsScope"/>.</summary>
    public IServiceProvider? Services { get; }

    /// <summary>How the run ends, where the task returned an outcome; <c>null</c> for a task that returned otherwise.</summary>
    public TaskOutcome? Outcome { get; private set; }

    /// <summary>The body of the task's message.</summary>
    internal TaskBody Body => _body;

    /// <summary>How values become bytes.</summary>
    internal WireOptions Wire => _options;

    /// <summary>A reader of the arguments.</summary>
    public ArgumentReader Arguments(ParameterList parameters) => new(_body, parameters, _options);

    /// <summary>An injected <see cref="IProgress{T}"/>, whose values are stored with the state PROGRESS; see <see cref="TaskContext.ReportAsync{T}(string, T, CancellationToken)"/>.</summary>
    public IProgress<T> Progress<T>(WireConverter<T> converter)
    {
        ArgumentNullException.ThrowIfNull(converter);
        return new TaskProgress<T>(Context, converter);
    }

    /// <summary>Takes the return value.</summary>
    /// <exception cref="MessageFormatException">The value cannot be written; the task then fails.</exception>
    public void Return<T>(T value, WireConverter<T> converter)
    {
        ArgumentNullException.ThrowIfNull(converter);
        if (_result is null) return;
        try
        {
            converter.Write(_result.Json, value, _options);
            _result.Flush();
        }
        catch (JsonException error)
        {
            throw WireError.Cannot($"the return value could not be written: {error.Message}", error);
        }
    }

    /// <summary>Takes the return value as JSON.</summary>
    internal void ReturnJson(ReadOnlySpan<byte> json) => _result?.Write(json);

    /// <summary>Takes the outcome of a task without result.</summary>
    public void End(TaskOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        Outcome = outcome;
    }

    /// <summary>Takes the outcome of a task with a result.</summary>
    /// <exception cref="MessageFormatException">The value cannot be written; the task then fails.</exception>
    public void End<T>(TaskOutcome<T> outcome, WireConverter<T> converter)
    {
        Outcome = outcome.Outcome;
        if (Outcome.Kind == TaskOutcomeKind.Success) Return(outcome.Value, converter);
    }
}
