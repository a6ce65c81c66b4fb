namespace CeleryNet.Interop.Tests.Workflows;

/// <summary>Who runs the tasks of a canvas.</summary>
public enum Fleet
{
    /// <summary>A .NET worker alone.</summary>
    CSharp,

    /// <summary>Python workers alone; the client is in .NET.</summary>
    Python,

    /// <summary>Both, one task by the one and the next by the other.</summary>
    Mixed,
}
