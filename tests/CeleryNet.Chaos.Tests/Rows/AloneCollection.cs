namespace CeleryNet.Chaos.Tests.Rows;

/// <summary>Rows that measure this process, in which the others would play beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    internal const string Name = "alone";
}
