using CeleryNet.Serialization;
using CeleryNet.Signatures;
using CeleryNet.Tasks;

namespace CeleryNet;

/// <summary>
/// A call of a task that has not been sent: name, arguments, options; or a canvas of such calls. Inert and immutable; no client inside. Generated code makes it: <c>MailTasks.SendTask(42)</c>.
/// </summary>
/// <remarks>
/// A parameter of this type of a task takes a signature that was passed as an argument, also by Python. It is written and read in Celery's JSON form; what this library does not know of it is kept.
/// </remarks>
public class Signature
{
    private int _isSent;

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

    /// <summary>Writes and reads signatures that are arguments or results of tasks, in Celery's JSON form.</summary>
    public static WireConverter<Signature?> Converter { get; } = new SignatureConverter();

    /// <summary>Wire name of the task; of a canvas Celery's own, such as <c>celery.chain</c>.</summary>
    public string Name => Definition.Name;

    /// <summary>Name and policy of the task.</summary>
    public TaskDefinition Definition { get; }

    /// <summary>The arguments; none for a canvas.</summary>
    public TaskArguments Arguments { get; }

    /// <summary>Options of this call.</summary>
    internal CallOptions Options { get; }

    /// <summary>What it is beyond one call; <c>null</c> for one call without anything that follows it, which is nearly always.</summary>
    internal CanvasPart? Part { get; init; }

    /// <summary>Reads a signature from Celery's JSON form, such as one that Python made and stored.</summary>
    /// <param name="json">The JSON, UTF-8.</param>
    /// <exception cref="MessageFormatException">It is no signature.</exception>
    public static Signature Parse(ReadOnlyMemory<byte> json) => SignatureConverter.Of(SignatureDocument.Read(json.ToArray())); // a copy: parts of it stay referenced

    /// <summary>Celery's JSON form, UTF-8, which Python reads by <c>celery.signature(json.loads(text))</c>. No ids are fixed in it, unless they were set.</summary>
    /// <param name="options">How arguments become bytes; <c>null</c> where none is of a type of the user's own.</param>
    /// <exception cref="MessageFormatException">An argument cannot be written.</exception>
    public byte[] ToJson(WireOptions? options = null) => new SignatureCompiler(options ?? new WireOptions()).Compile(this).ToBytes();

    /// <summary>A copy with changed options. Options of a canvas are those of all its tasks that have none of their own; of a chain a delay is that of its first task, an id that of its last one.</summary>
    /// <param name="configure">Changes a copy of the options.</param>
    public Signature With(Action<CallOptions> configure) => WithOptions(Changed(configure));

    /// <summary>A copy with a stamp: a value that travels with each of its tasks, all that follows them too, and by which they are revoked. Celery 5.3 and later.</summary>
    /// <param name="name">Name of the stamp; no name of an option.</param>
    /// <param name="value">A text, number, bool, or a list of such.</param>
    public Signature Stamp(string name, object? value) => new(Definition, Arguments, Options) { Part = Stamped(name, value) };

    /// <summary>A copy that takes nothing from the task before it: Celery's <c>si</c>. So it may follow any task, and be a callback of any.</summary>
    public ImmutableSignature<object?> Immutable() => AsAny().Immutable();

    /// <summary>A copy with a callback that a worker sends when the task succeeds, as <see cref="Signature{T}.Link{TOut}(ImmutableSignature{TOut})"/>.</summary>
    /// <param name="callback">The call.</param>
    public Signature<object?> Link<TOut>(ImmutableSignature<TOut> callback) => AsAny().Link(callback);

    /// <summary>A copy with an error callback, as <see cref="Signature{T}.LinkError{TOut}(Step{string, TOut})"/>.</summary>
    /// <param name="errback">The call, whose first argument is the id of the task that failed.</param>
    public Signature<object?> LinkError<TOut>(Step<string, TOut> errback) => AsAny().LinkError(errback);

    /// <summary>A copy with an error callback that takes nothing from it.</summary>
    /// <param name="errback">The call.</param>
    public Signature<object?> LinkError<TOut>(ImmutableSignature<TOut> errback) => AsAny().LinkError(errback);

    /// <summary>As Python shows a signature: <c>math.add(2, 2) | math.add(4)</c>.</summary>
    public override string ToString() => SignatureText.Of(this);

    /// <summary>The same call with a result of any type.</summary>
    internal Signature<object?> AsAny() => new(Definition, Arguments, WireConverters.Any, Options) { Part = Part };

    internal Signature WithOptions(CallOptions options) => new(Definition, Arguments, options) { Part = Part };

    /// <summary>False when it was marked before: it was sent.</summary>
    internal bool TryMarkSent() => Interlocked.Exchange(ref _isSent, 1) == 0;

    internal void UnmarkSent() => Volatile.Write(ref _isSent, 0);

    private protected CallOptions Changed(Action<CallOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = Options.Copy();
        configure(options);
        return options;
    }

    private protected CanvasPart Stamped(string name, object? value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (OptionNames.IsKnown(name)) throw new ArgumentException($"'{name}' is an option of Celery's own and cannot be a stamp. Choose another name.", nameof(name));
        var part = Part ?? CanvasPart.Plain;
        return part with { Stamps = new Dictionary<string, object?>(part.Stamps ?? new Dictionary<string, object?>()) { [name] = value } };
    }
}
