using Xunit.Sdk;

namespace CeleryNet.Chaos.Tests.LongRows;

/// <summary>A row that <c>build/chaos.sh</c> plays, outside the build: without the environment variable <c>CELERYNET_CHAOS_LONG</c> there is no such test, so that it does not count as skipped.</summary>
[XunitTestCaseDiscoverer("CeleryNet.Chaos.Tests.LongRows.LongFactDiscoverer", "CeleryNet.Chaos.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongFactAttribute : FactAttribute;
