using Xunit.Sdk;

namespace CeleryNet.Chaos.Tests.LongRows;

/// <summary>A row of the build, unless its class says <see cref="OutsideBuildAttribute"/>.</summary>
[XunitTestCaseDiscoverer("CeleryNet.Chaos.Tests.LongRows.RowFactDiscoverer", "CeleryNet.Chaos.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class RowFactAttribute : SkippableFactAttribute;
