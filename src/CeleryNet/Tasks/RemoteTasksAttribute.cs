namespace CeleryNet;

/// <summary>
/// Marks an interface whose methods are tasks of another worker, Python or C#. The source generator emits the typed calls <c>Interface.MethodTask(…)</c>; nobody
/// implements the interface.
/// </summary>
[AttributeUsage(AttributeTargets.Interface)]
public sealed class RemoteTasksAttribute : Attribute;
