namespace CeleryNet.Results;

/// <summary>Marks a package that serves a scheme of <c>UseResults</c>. The source generator registers it in the host.</summary>
/// <param name="scheme">Scheme in lower case, such as <c>redis</c>.</param>
/// <param name="factory">Public type that implements <see cref="IResultBackendFactory"/>.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class ResultSchemeAttribute(string scheme, Type factory) : Attribute
{
    /// <summary>Scheme in lower case.</summary>
    public string Scheme { get; } = scheme;

    /// <summary>Type that implements <see cref="IResultBackendFactory"/>.</summary>
    public Type Factory { get; } = factory;
}
