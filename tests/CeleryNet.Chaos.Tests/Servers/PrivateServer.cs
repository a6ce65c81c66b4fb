using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests.Servers;

/// <summary>A RabbitMQ, Redis or PostgreSQL of the test's own, which keeps its data and its port over a stop and start.</summary>
public sealed class PrivateServer : IAsyncDisposable
{
    private readonly string _kind;
    private readonly string _folder;
    private readonly IReadOnlyDictionary<string, string> _environment;

    private PrivateServer(BrokerKind kind, IReadOnlyDictionary<string, string> environment)
    {
        _kind = kind switch { BrokerKind.Redis => "redis", BrokerKind.Postgres => "postgres", _ => "rabbitmq" };
        _folder = Path.Combine(Path.GetTempPath(), $"celerynet-{_kind}-{Guid.NewGuid():n}");
        _environment = environment;
    }

    /// <summary>Its connection string.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port => new Uri(Url).Port;

    /// <summary>Starts a server.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="environment">Environment of <c>servers.sh</c>, such as how a Redis persists.</param>
    public static async Task<PrivateServer> StartAsync(BrokerKind kind, IReadOnlyDictionary<string, string>? environment = null)
    {
        _ = kind switch { BrokerKind.Redis => TestServers.Redis, BrokerKind.Postgres => TestServers.Postgres, _ => TestServers.RabbitMQ }; // skips or fails where there are no servers at all
        var server = new PrivateServer(kind, environment ?? new Dictionary<string, string> { ["CELERYNET_REDIS_DURABLE"] = "1" });
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it after a stop; returns when it takes connections.</summary>
    public async Task StartAgainAsync() => Url = await RunAsync("start");

    /// <summary>Stops it as an operator would.</summary>
    public Task StopAsync() => RunAsync("stop");

    /// <summary>Kills it with signal 9.</summary>
    public Task KillAsync() => RunAsync("kill");

    /// <summary>Runs <c>rabbitmqctl</c> against it.</summary>
    /// <returns>What it printed.</returns>
    public Task<string> ControlAsync(params string[] arguments) => RunAsync("ctl", arguments);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await RunAsync("remove");

    private Task<string> RunAsync(string action, params string[] arguments) => ServerScript.RunAsync([_kind, action, _folder, .. arguments], _environment);
}
