namespace CeleryNet.Chaos.Tests.Servers;

/// <summary>A RabbitMQ or Redis of the test's own, which keeps its data and its port over a stop and start.</summary>
public sealed class PrivateServer : IAsyncDisposable
{
    private readonly string _kind;
    private readonly string _folder;

    private PrivateServer(string kind)
    {
        _kind = kind;
        _folder = Path.Combine(Path.GetTempPath(), $"celerynet-{kind}-{Guid.NewGuid():n}");
    }

    /// <summary>Its connection string.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Starts a server.</summary>
    /// <param name="kind"><c>rabbitmq</c> or <c>redis</c>.</param>
    public static async Task<PrivateServer> StartAsync(string kind)
    {
        var server = new PrivateServer(kind);
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
    public async Task StartAgainAsync() => Url = await ServerScript.RunAsync(_kind, "start", _folder);

    /// <summary>Stops it as an operator would.</summary>
    public Task StopAsync() => ServerScript.RunAsync(_kind, "stop", _folder);

    /// <summary>Kills it with signal 9.</summary>
    public Task KillAsync() => ServerScript.RunAsync(_kind, "kill", _folder);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await ServerScript.RunAsync(_kind, "remove", _folder);
}
