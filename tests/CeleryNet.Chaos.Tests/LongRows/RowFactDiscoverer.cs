using Xunit.Abstractions;
using Xunit.Sdk;

namespace CeleryNet.Chaos.Tests.LongRows;

/// <summary>Finds the tests of <see cref="RowFactAttribute"/>, those outside the build only where they are asked for.</summary>
public sealed class RowFactDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    private readonly SkippableFactDiscoverer _facts = new(messages);

    /// <inheritdoc/>
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        var isOutside = testMethod.TestClass.Class.GetCustomAttributes(typeof(OutsideBuildAttribute).AssemblyQualifiedName).Any();
        return isOutside && Environment.GetEnvironmentVariable("CELERYNET_CHAOS_LONG") is not { Length: > 0 } ? [] : _facts.Discover(discoveryOptions, testMethod, factAttribute);
    }
}
