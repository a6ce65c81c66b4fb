using CeleryNet.Brokers;

namespace CeleryNet.Client;

/// <summary>
/// Optional power of an <see cref="ITaskClient"/>: the same client, with the routes, filters and results of its host, whose messages go through another broker, such as a transaction of the
/// application's database. For packages that carry messages.
/// </summary>
public interface IRebindableClient
{
    /// <summary>A client on another broker. It is light, holds no connection and need not be disposed. It sends no <c>task-sent</c> events, since nobody knows yet whether its tasks are sent.</summary>
    /// <param name="choose">Makes the broker, from the services of the host.</param>
    ITaskClient Through(Func<IServiceProvider, IBroker> choose);
}
