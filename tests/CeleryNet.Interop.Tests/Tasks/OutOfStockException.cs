using System.Diagnostics.CodeAnalysis;

namespace CeleryNet.Interop.Tests.Tasks;

/// <summary>An exception class of the user's own.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "A sample of a user's type.")]
public sealed class OutOfStockException(string article) : Exception($"'{article}' is out of stock");
