namespace CeleryNet;

/// <summary>
/// The periodic tasks while the beats run: to look at and to change. Injected as a singleton where <c>AddBeat</c> was called. A change is kept in the schedule store; the beat of this host takes it at
/// once, others within <see cref="BeatOptions.ChangeInterval"/>. Thread-safe.
/// </summary>
public interface IBeatSchedule
{
    /// <summary>All entries, by name.</summary>
    /// <exception cref="BrokerUnavailableException">The schedule store cannot be reached.</exception>
    Task<IReadOnlyList<BeatEntryStatus>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Adds an entry, or replaces the one of its name. It is kept, and outlives this process.</summary>
    /// <param name="entry">The entry. Its schedule is one of this library's: a class of your own cannot be kept.</param>
    /// <param name="cancellationToken">Stops the wait for the store.</param>
    /// <exception cref="ArgumentException">The entry cannot be kept or sent; the message says why.</exception>
    /// <exception cref="BrokerUnavailableException">The schedule store cannot be reached.</exception>
    Task AddAsync(BeatEntry entry, CancellationToken cancellationToken = default);

    /// <summary>Changes an entry. One that comes from code keeps the change until <see cref="RemoveAsync"/> takes it back.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="change">Returns the changed copy; its name must stay.</param>
    /// <param name="cancellationToken">Stops the wait for the store.</param>
    /// <returns>False when there is none of that name.</returns>
    /// <exception cref="ArgumentException">The entry cannot be kept or sent; the message says why.</exception>
    /// <exception cref="BrokerUnavailableException">The schedule store cannot be reached.</exception>
    Task<bool> ChangeAsync(string name, Func<BeatEntry, BeatEntry> change, CancellationToken cancellationToken = default);

    /// <summary>Stops sending an entry.</summary>
    /// <returns>False when there is none of that name.</returns>
    /// <exception cref="BrokerUnavailableException">The schedule store cannot be reached.</exception>
    Task<bool> PauseAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Sends it again from now on; what was due meanwhile does not count as missed.</summary>
    /// <returns>False when there is none of that name.</returns>
    /// <exception cref="BrokerUnavailableException">The schedule store cannot be reached.</exception>
    Task<bool> ResumeAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Removes an entry that was added, or takes back the changes of one that comes from code.</summary>
    /// <returns>False when there is none of that name.</returns>
    /// <exception cref="InvalidOperationException">It comes from code and was not changed: pause it, or remove it there.</exception>
    /// <exception cref="BrokerUnavailableException">The schedule store cannot be reached.</exception>
    Task<bool> RemoveAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Sends the task of an entry now, once more. When it is due, and how often it ran, stays as it is.</summary>
    /// <returns>The task that was sent.</returns>
    /// <exception cref="KeyNotFoundException">There is none of that name that could be sent from here.</exception>
    /// <exception cref="PublishException">The broker did not take it within the publish timeout.</exception>
    /// <exception cref="BrokerUnavailableException">The schedule store cannot be reached.</exception>
    Task<TaskHandle> RunNowAsync(string name, CancellationToken cancellationToken = default);
}
