using Xunit.Abstractions;
using Xunit.Sdk;

namespace CeleryNet.Chaos.Tests.LongRows;

/// <summary>Finds the tests of <see cref="LongFactAttribute"/> only where they are asked for.</summary>
public sealed class LongFactDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    private readonly FactDiscoverer _facts = new(messages);

    /// <inheritdoc/>
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        Environment.GetEnvironmentVariable("CELERYNET_CHAOS_LONG") is { Length: > 0 } ? _facts.Discover(discoveryOptions, testMethod, factAttribute) : [];
}
