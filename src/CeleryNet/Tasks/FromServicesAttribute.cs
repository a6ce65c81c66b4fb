namespace CeleryNet;

/// <summary>
/// Marks a parameter of a <c>[Task]</c> method that comes from the services of the attempt's scope and never travels. Optional where the parameter is nullable or has a default.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FromServicesAttribute : Attribute;
