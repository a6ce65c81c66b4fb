namespace CeleryNet.Brokers;

/// <summary>Marks a package that serves a scheme of <c>UseBroker</c>. The source generator registers it in the host, so that no assembly is probed at run time.</summary>
/// <param name="scheme">Scheme in lower case, such as <c>amqp</c>.</param>
/// <param name="factory">Public type that implements <see cref="IBrokerFactory"/>.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class BrokerSchemeAttribute(string scheme, Type factory) : Attribute
{
    /// <summary>Scheme in lower case.</summary>
    public string Scheme { get; } = scheme;

    /// <summary>Type that implements <see cref="IBrokerFactory"/>.</summary>
    public Type Factory { get; } = factory;
}
