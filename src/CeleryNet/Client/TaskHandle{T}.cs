using CeleryNet.Client;
using CeleryNet.Serialization;

namespace CeleryNet;

/// <summary>A task that was sent and returns <typeparamref name="T"/>. Thread-safe; any number of callers may wait on one handle.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
public sealed class TaskHandle<T> : TaskHandle
{
    private readonly WireConverter<T> _converter;

    internal TaskHandle(ResultSource source, string id, string? name, bool ignoresResult, WireConverter<T> converter) : base(source, id, name, ignoresResult) =>
        _converter = converter;

    /// <summary>Waits for the result: <c>int five = await handle.GetAsync(TimeSpan.FromSeconds(5), cancellationToken)</c>. It is pushed by the store.</summary>
    /// <param name="timeout">How long to wait; <c>null</c> for as long as it takes, zero to look once.</param>
    /// <param name="cancellationToken">Stops the wait; the task runs on.</param>
    /// <exception cref="ResultTimeoutException">It has not arrived in time.</exception>
    /// <exception cref="TaskRevokedException">The task was revoked or expired.</exception>
    /// <exception cref="RemoteTaskException">The task failed.</exception>
    /// <exception cref="MessageFormatException">The value does not fit <typeparamref name="T"/>.</exception>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    /// <exception cref="TaskQueueException">Results are disabled, or the task was sent with <see cref="CallOptions.IgnoreResult"/>.</exception>
    public new async Task<T> GetAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        (await WaitAsync(timeout, cancellationToken).ConfigureAwait(false)).Value;

    /// <summary>Waits until the task has ended and returns how: value, or error as data.</summary>
    /// <inheritdoc cref="TaskHandle.WaitAsync"/>
    public new async Task<TaskSnapshot<T>> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        new(Id, await WaitForEndAsync(timeout, cancellationToken).ConfigureAwait(false), Source.Wire, _converter);
}
