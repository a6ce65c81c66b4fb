namespace CeleryNet.Chaos.Tests.LongRows;

/// <summary>
/// A row whose numbers need processors that wait for it: <c>build/chaos.sh</c> plays it alone, the build does not. It does not count as skipped there.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OutsideBuildAttribute : Attribute;
