namespace CeleryNet.Scheduling;

/// <summary>
/// Keeps the entries of a beat and how far each has come, for all beats of a name. Several processes may use it at once. Thread-safe. Register an implementation of your own as a service to have it
/// used.
/// </summary>
public interface IScheduleStore
{
    /// <summary>Where it is, for logs and errors; passwords are masked.</summary>
    string Location { get; }

    /// <summary>Everything.</summary>
    /// <param name="beat">Name of the beat.</param>
    /// <param name="cancellationToken">Stops the wait for the store.</param>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    ValueTask<StoredSchedule> LoadAsync(string beat, CancellationToken cancellationToken);

    /// <summary>Adds entries or replaces them, and changes the version. They are kept when this returns.</summary>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    ValueTask SaveAsync(string beat, IReadOnlyCollection<StoredEntry> entries, CancellationToken cancellationToken);

    /// <summary>Removes an entry with its progress, and changes the version.</summary>
    /// <returns>False when there was none.</returns>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    ValueTask<bool> RemoveAsync(string beat, string name, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps how far entries have come; the version stays. Progress only grows: what is behind that which is kept, as from a beat that was stopped for a while and no longer leads, is left out, as is
    /// that of an entry which was removed.
    /// </summary>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    ValueTask SaveProgressAsync(string beat, IReadOnlyCollection<EntryProgress> progress, CancellationToken cancellationToken);

    /// <summary>A number that is another one after an entry was saved or removed. Cheap: it is asked for every second.</summary>
    /// <exception cref="BrokerUnavailableException">The store cannot be reached.</exception>
    ValueTask<long> GetVersionAsync(string beat, CancellationToken cancellationToken);
}
