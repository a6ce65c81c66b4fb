using CeleryNet.Serialization;

namespace CeleryNet.Tasks;

/// <summary>What a running task may do to the workflow it is a part of.</summary>
internal interface ITaskCanvas
{
    /// <summary>How values become bytes; <c>null</c> where the worker sends nothing.</summary>
    WireOptions? Wire { get; }

    /// <summary>Adds a member to the chord of the running task and sends it.</summary>
    /// <param name="signature">The member as JSON.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>Its id.</returns>
    Task<string> AddToChordAsync(ReadOnlyMemory<byte> signature, CancellationToken cancellationToken);

    /// <summary>Adds members to the batch of the running task and sends them.</summary>
    /// <param name="signatures">The members as JSON.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>Their ids.</returns>
    Task<IReadOnlyList<string>> AddToBatchAsync(IReadOnlyList<ReadOnlyMemory<byte>> signatures, CancellationToken cancellationToken);
}
