using System.Text.Json;

namespace CeleryNet;

/// <summary>
/// Asks the workers of all hosts, C# and Python, what they are and what they do. Injected as a singleton; thread-safe. The questions themselves are methods of
/// <see cref="TaskInspectorExtensions"/>: <c>await inspector.ActiveAsync()</c>.
/// </summary>
public interface ITaskInspector
{
    /// <summary>Asks any question and waits for the replies.</summary>
    /// <param name="question">Name on the wire, such as <c>stats</c>.</param>
    /// <param name="arguments">Writes the arguments into an object that is open; <c>null</c> for none.</param>
    /// <param name="options">Who is asked, and how long they have. Default: all, 1 second.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>The replies that came in time by node name; empty when nobody replied, which is no error.</returns>
    /// <exception cref="TaskQueueException">The broker has no control exchange.</exception>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    Task<IReadOnlyDictionary<string, ControlReply>> AskAsync(
        string question, Action<Utf8JsonWriter>? arguments = null, ControlOptions? options = null, CancellationToken cancellationToken = default);
}
