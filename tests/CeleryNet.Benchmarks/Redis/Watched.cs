using CeleryNet.Benchmarks.Harness;
using CeleryNet.Brokers;
using StackExchange.Redis;

namespace CeleryNet.Benchmarks.Redis;

/// <summary>Another contender while somebody listens to its events in another process, who does nothing but take the bytes: what a monitor makes the worker and the server do, without its own work.</summary>
internal sealed class Watched : IContender
{
    // As kombu's receivers do; the first byte of the answer shows that it listens.
    private const string Listen = """exec 3<>/dev/tcp/"$1"/"$2" && printf 'PSUBSCRIBE /*.celeryev/*\r\n' >&3 && head -c 1 <&3 && echo listens && exec cat <&3 >/dev/null""";

    private readonly IContender _inner;
    private readonly ConnectionMultiplexer _connection;

    private Watched(IContender inner, ConnectionMultiplexer connection) => (_inner, _connection) = (inner, connection);

    public string Name => _inner.Name;

    internal static async Task<Watched> OpenAsync(IContender inner) => new(inner, await RawRedis.OpenAsync().ConfigureAwait(false));

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        var url = ConnectionString.ParseAll(Servers.Redis)[0];
        var listener = ChildProcess.Start("listens", "bash", ["-c", Listen, "listener", url.Host!, $"{url.Port ?? 6379}"]);
        await using (listener.ConfigureAwait(false))
        {
            await listener.ReadyAsync(deadline).ConfigureAwait(false);
            var sample = await _inner.RunAsync(operations, deadline).ConfigureAwait(false);
            var listeners = (int)await _connection.GetDatabase().ExecuteAsync("PUBSUB", "NUMPAT").WaitAsync(deadline).ConfigureAwait(false);
            return listeners > 0 ? sample : throw new InvalidOperationException("Redis threw the listener out, as it took the events too slowly.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.CloseAsync().ConfigureAwait(false);
        await _inner.DisposeAsync().ConfigureAwait(false);
    }
}
