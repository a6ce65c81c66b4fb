namespace CeleryNet.SourceGenerator.Reading;

/// <summary>One task as text: all that the writers need, nothing of the compiler's.</summary>
internal sealed record TaskModel
{
    public required ClassModel Class { get; init; }

    /// <summary>Name of the method as written in code.</summary>
    public required string Method { get; init; }

    /// <summary>Name of the method without <c>Async</c>; the typed call is this and <c>Task</c>.</summary>
    public required string CallName { get; init; }

    public required string WireName { get; init; }

    public required bool IsStatic { get; init; }

    /// <summary>True when another worker implements it, so that there is no handler.</summary>
    public required bool IsRemote { get; init; }

    public required bool IsPublic { get; init; }

    public required ReturnForm Form { get; init; }

    /// <summary>True when it returns a <c>TaskOutcome</c>, or a <c>TaskOutcome&lt;T&gt;</c> of the value.</summary>
    public required bool ReturnsOutcome { get; init; }

    /// <summary>Type of the value; <c>null</c> when it returns none.</summary>
    public required string? ResultType { get; init; }

    /// <summary>Converter of the value; <c>null</c> when it returns none.</summary>
    public required string? ResultConverter { get; init; }

    public required EquatableArray<ParameterModel> Parameters { get; init; }

    public required PolicyModel Policy { get; init; }

    /// <summary>Limits and uniqueness; <c>null</c> when it has neither.</summary>
    public required ConditionModel? Conditions { get; init; }

    /// <summary>When it is sent periodically; empty when it is not.</summary>
    public required EquatableArray<PeriodicModel> Periodic { get; init; }

    /// <summary>Where the documentation is: <c>M:Shop.MathTasks.Add(System.Int32)</c>.</summary>
    public required string? DocumentationId { get; init; }

    public bool NeedsScope => !IsStatic || Parameters.Any(parameter => parameter.Source == ParameterSource.Service);

    public IEnumerable<ParameterModel> WireParameters => Parameters.Where(parameter => parameter.Source == ParameterSource.Wire);
}

/// <summary>How a method returns.</summary>
internal enum ReturnForm
{
    Void,
    Value,
    Task,
    TaskOfValue,
    ValueTask,
    ValueTaskOfValue,
}
