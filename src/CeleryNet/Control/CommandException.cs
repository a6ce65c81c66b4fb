using System.Diagnostics.CodeAnalysis;

namespace CeleryNet.Control;

/// <summary>A command that cannot be carried out: the client is told in Python's words, as if the exception had been raised in a Python worker.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "It always has both.")]
internal sealed class CommandException(string pythonType, string message) : Exception(message)
{
    /// <summary>Name of the exception's class in Python, such as <c>ValueError</c>.</summary>
    internal string PythonType => pythonType;
}
