using CeleryNet.Signatures;
using CeleryNet.Tasks;

namespace CeleryNet;

/// <summary>
/// A call of a task that has not been sent: name, arguments, options. Inert and immutable; no client inside. Generated code makes it: <c>MailTasks.SendTask(42)</c>.
/// </summary>
public class Signature
{
    /// <summary>Creates a signature.</summary>
    /// <param name="definition">The task.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="options">Options of this call; <c>null</c> for none.</param>
    public Signature(TaskDefinition definition, TaskArguments arguments, CallOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(arguments);
        Definition = definition;
        Arguments = arguments;
        Options = options ?? CallOptions.None;
    }

    /// <summary>Wire name of the task.</summary>
    public string Name => Definition.Name;

    /// <summary>Name and policy of the task.</summary>
    public TaskDefinition Definition { get; }

    /// <summary>The arguments.</summary>
    public TaskArguments Arguments { get; }

    /// <summary>Options of this call.</summary>
    internal CallOptions Options { get; }

    /// <summary>A copy with changed options.</summary>
    /// <param name="configure">Changes a copy of the options.</param>
    public Signature With(Action<CallOptions> configure) => new(Definition, Arguments, Changed(configure));

    /// <summary>Name and arguments as Python shows a signature: <c>math.add(2, 2)</c>.</summary>
    public override string ToString() => SignatureText.Of(this);

    private protected CallOptions Changed(Action<CallOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = Options.Copy();
        configure(options);
        return options;
    }
}

/// <summary>A call of a task that returns <typeparamref name="T"/>.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
public sealed class Signature<T> : Signature
{
    /// <summary>Creates a signature.</summary>
    /// <param name="definition">The task.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="result">Reads the result.</param>
    /// <param name="options">Options of this call; <c>null</c> for none.</param>
    public Signature(TaskDefinition definition, TaskArguments arguments, Serialization.WireConverter<T> result, CallOptions? options = null)
        : base(definition, arguments, options)
    {
        ArgumentNullException.ThrowIfNull(result);
        Result = result;
    }

    /// <summary>Reads the result.</summary>
    public Serialization.WireConverter<T> Result { get; }

    /// <summary>A copy with changed options.</summary>
    /// <param name="configure">Changes a copy of the options.</param>
    public new Signature<T> With(Action<CallOptions> configure) => new(Definition, Arguments, Result, Changed(configure));
}
