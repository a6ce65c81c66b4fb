namespace CeleryNet.Interop.Tests.PythonPeer;

/// <summary>How a Python process of the tests is configured; see <c>python/app.py</c>.</summary>
/// <param name="Broker">Broker URL.</param>
/// <param name="Results">Result backend URL.</param>
/// <param name="Queue">Default queue.</param>
public sealed record PythonSettings(string Broker, string Results, string Queue)
{
    /// <summary><c>x-max-priority</c> of every queue; <c>null</c> for none.</summary>
    public int? MaxPriority { get; init; }
}
