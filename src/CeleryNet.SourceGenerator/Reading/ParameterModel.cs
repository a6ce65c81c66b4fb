namespace CeleryNet.SourceGenerator.Reading;

/// <summary>One parameter of a task.</summary>
internal sealed record ParameterModel
{
    /// <summary>Name without <c>@</c>.</summary>
    public required string Name { get; init; }

    public required string Type { get; init; }

    /// <summary>The type as overloads are told apart: without question marks of reference types.</summary>
    public required string Signature { get; init; }

    public required ParameterSource Source { get; init; }

    /// <summary>Converter of a parameter that travels, or of what is reported.</summary>
    public string? Converter { get; init; }

    /// <summary>True when null is not a value of it.</summary>
    public bool NotNull { get; init; }

    /// <summary>The default value as an expression; <c>null</c> when it is required.</summary>
    public string? Default { get; init; }

    public bool IsParams { get; init; }

    /// <summary>What is reported through an <c>IProgress&lt;T&gt;</c>.</summary>
    public string? ReportType { get; init; }

    /// <summary>How a service is asked for.</summary>
    public ServiceModel? Service { get; init; }
}

/// <summary>Where a parameter's value comes from.</summary>
internal enum ParameterSource
{
    Wire,
    Context,
    CancellationToken,
    Progress,
    Service,
}

/// <summary>A service to be resolved.</summary>
internal sealed record ServiceModel
{
    /// <summary>Type without a question mark.</summary>
    public required string Type { get; init; }

    public bool IsProvider { get; init; }

    public bool IsValueType { get; init; }

    /// <summary>The value when there is no such service; <c>null</c> when it is required.</summary>
    public string? Default { get; init; }

    /// <summary>Key as an expression; <c>null</c> when it has none.</summary>
    public string? Key { get; init; }
}
