namespace CeleryNet;

/// <summary>A result, or an outcome without one. Return it from a <c>[Task]</c> method whose result has type <typeparamref name="T"/>; callers see a <typeparamref name="T"/>.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
public readonly struct TaskOutcome<T>
{
    private readonly TaskOutcome? _outcome;

    /// <summary>Done, with this result; for types that do not convert, such as interfaces.</summary>
    public TaskOutcome(T value) : this(null, value) { }

    private TaskOutcome(TaskOutcome? outcome, T value) => (_outcome, Value) = (outcome, value);

    /// <summary>How the run ends.</summary>
    public TaskOutcome Outcome => _outcome ?? TaskOutcome.Success;

    /// <summary>The result; meaningless unless <see cref="Outcome"/> is <see cref="TaskOutcome.Success"/>.</summary>
    public T Value { get; }

    /// <summary>Done, with this result.</summary>
    public static implicit operator TaskOutcome<T>(T value) => new(value);

    /// <summary>Ends without a result. <see cref="TaskOutcome.Success"/> gives the default value of <typeparamref name="T"/>.</summary>
    public static implicit operator TaskOutcome<T>(TaskOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return new TaskOutcome<T>(outcome, default!); // documented: only the outcome counts
    }
}
