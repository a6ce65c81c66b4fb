using System.Text.Json;

namespace CeleryNet;

/// <summary>
/// Steers the workers of all hosts, C# and Python, through the broker's control exchange. Injected as a singleton; thread-safe. The commands themselves are methods of
/// <see cref="TaskControlExtensions"/>; to ask workers what they do, see <see cref="ITaskInspector"/>.
/// </summary>
public interface ITaskControl
{
    /// <summary>
    /// Revokes tasks: a worker that receives one does not run it, and its state becomes REVOKED. C# workers remember it for 7 days (Python's for 3 hours); one that starts later knows it where the broker keeps
    /// revocations (Redis), or the result store does and <see cref="TaskQueueOptions.StoreRevocations"/> is on. Returns when the broker has the request; a task that has ended stays as it is,
    /// and one that waits in the broker for its eta ends when that comes.
    /// </summary>
    /// <param name="taskIds">Ids of the tasks, each of at most 255 characters.</param>
    /// <param name="terminate">
    /// True also ends those that are running: in a C# worker the task's token is cancelled, and a task that ends by it is REVOKED; a Python worker kills the process that runs it.
    /// False (default) leaves running tasks alone, as in Celery.
    /// </param>
    /// <param name="cancellationToken">Stops the wait for the broker; the request may have been sent.</param>
    /// <exception cref="TaskQueueException">The broker has no control exchange.</exception>
    /// <exception cref="BrokerUnavailableException">The broker or the store of revocations cannot be reached.</exception>
    Task RevokeAsync(IReadOnlyCollection<string> taskIds, bool terminate = false, CancellationToken cancellationToken = default);

    /// <summary>Revokes every task that carries a stamp with one of these values. Python workers know this from Celery 5.3 on.</summary>
    /// <param name="stamp">Name of the stamp, at most 255 characters.</param>
    /// <param name="values">Values, each of at most 255 characters.</param>
    /// <param name="terminate">True also ends those that are running.</param>
    /// <param name="cancellationToken">Stops the wait for the broker; the request may have been sent.</param>
    /// <inheritdoc cref="RevokeAsync"/>
    Task RevokeByStampAsync(string stamp, IReadOnlyCollection<string> values, bool terminate = false, CancellationToken cancellationToken = default);

    /// <summary>Sends any command and waits for no reply. Returns when the broker has it.</summary>
    /// <param name="command">Name on the wire, such as <c>pool_grow</c>.</param>
    /// <param name="arguments">Writes the arguments into an object that is open; <c>null</c> for none.</param>
    /// <param name="options">Which workers are meant. Default: all.</param>
    /// <param name="cancellationToken">Stops the wait for the broker; the request may have been sent.</param>
    /// <exception cref="TaskQueueException">The broker has no control exchange.</exception>
    /// <exception cref="BrokerUnavailableException">The broker cannot be reached.</exception>
    Task SendAsync(string command, Action<Utf8JsonWriter>? arguments = null, ControlOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Sends any command and waits for the replies.</summary>
    /// <param name="command">Name on the wire, such as <c>pool_grow</c>.</param>
    /// <param name="arguments">Writes the arguments into an object that is open; <c>null</c> for none.</param>
    /// <param name="options">Which workers are meant, and how long they have. Default: all, 1 second.</param>
    /// <param name="cancellationToken">Stops the wait; the request may have been sent.</param>
    /// <returns>The replies that came in time by node name; empty when nobody replied, which is no error.</returns>
    /// <inheritdoc cref="SendAsync"/>
    Task<IReadOnlyDictionary<string, ControlReply>> AskAsync(
        string command, Action<Utf8JsonWriter>? arguments = null, ControlOptions? options = null, CancellationToken cancellationToken = default);
}
