using CeleryNet.Chaos.Tests.Counting;
using CeleryNet.Chaos.Tests.Load;
using CeleryNet.Chaos.Tests.Servers;
using CeleryNet.Chaos.Tests.Workers;
using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests.Staging;

/// <summary>Servers, workers and a client, a fault under steady load, and what must be true afterwards.</summary>
public sealed partial class Stage : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly List<FaultWindow> _faults = [];
    private SteadyLoad? _load;
    private string? _alien;

    private Stage(Scenery scenery) => Scenery = scenery;

    /// <summary>What was asked for.</summary>
    public Scenery Scenery { get; }

    /// <summary>Addresses as they are without proxies.</summary>
    public Setup Setup { get; private set; } = null!; // set before StartAsync returns

    /// <summary>The broker, where it is the row's own.</summary>
    public PrivateServer? Server { get; private set; }

    /// <summary>The result store, where it is the row's own.</summary>
    public PrivateServer? ResultServer { get; private set; }

    /// <summary>The workers.</summary>
    public IReadOnlyList<WorkerSeat> Workers { get; private set; } = [];

    /// <summary>The client's way to the broker, if there is one of its own.</summary>
    public TcpProxy? ClientProxy { get; private set; }

    /// <summary>The client.</summary>
    public ClientHost Host { get; private set; } = null!; // set before StartAsync returns

    /// <summary>What the workers wrote down.</summary>
    public RunBook Book { get; private set; } = null!; // set before StartAsync returns

    /// <summary>The load; there is one from <see cref="BeginLoad"/> on.</summary>
    public SteadyLoad Load => _load ?? throw new InvalidOperationException("The load has not begun.");

    /// <summary>All ways to the broker.</summary>
    public IEnumerable<TcpProxy> Proxies => Workers.Select(seat => seat.Proxy).Append(ClientProxy).OfType<TcpProxy>();

    /// <summary>The processes that sit in the workers' seats now.</summary>
    public IEnumerable<WorkerProcess> Processes => Workers.Select(seat => seat.Process);

    /// <summary>Starts everything but the load.</summary>
    public static async Task<Stage> StartAsync(Scenery scenery)
    {
        var stage = new Stage(scenery);
        try
        {
            await stage.StartServersAsync();
            await stage.AddWorkersAsync(scenery.Workers);
            stage.ClientProxy = stage.NewProxy();
            if (stage.ClientProxy is { } proxy) stage.Own(proxy);
            stage.Host = stage.Own(await ClientHost.StartAsync(stage.SetupThrough(stage.ClientProxy), scenery.Client));
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts workers.</summary>
    public async Task AddWorkersAsync(int count)
    {
        var seats = Enumerable.Range(0, count).Select(_ => NewSeat()).ToList();
        Workers = [.. Workers, .. seats];
        await Task.WhenAll(seats.Select(seat => seat.StartAsync()));
    }

    /// <summary>A further worker with the row's configuration and more of its environment; not started yet.</summary>
    public WorkerSeat NewSeat(IReadOnlyDictionary<string, string>? environment = null)
    {
        var proxy = NewProxy();
        var all = new Dictionary<string, string>(Scenery.WorkerEnvironment);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) all[name] = value;
        return Own(new WorkerSeat(SetupThrough(proxy), all, proxy));
    }

    /// <summary>Sets all proxies.</summary>
    public void Set(TcpProxyMode mode)
    {
        foreach (var proxy in Proxies) proxy.Set(mode);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in Workers.Select(seat => seat.Proxy).OfType<TcpProxy>()) await proxy.DisposeAsync(); // nothing hangs on a proxy that swallows
        if (_load is not null) await _load.DisposeAsync();
        foreach (var owned in Enumerable.Reverse(_owned)) await owned.DisposeAsync();
        Setup?.Dispose();
    }

    private async Task StartServersAsync()
    {
        var (broker, results) = ("", "");
        if (Scenery.Address is { } address) broker = address;
        else if (Scenery.Broker == BrokerKind.Sqlite) broker = Own(new DatabaseFolder()).Url;
        else if (Scenery.Broker is BrokerKind.Redis or BrokerKind.Postgres || Scenery.HasOwnServer)
        {
            Server = Own(await PrivateServer.StartAsync(Scenery.Broker, Scenery.ServerEnvironment));
            broker = Server.Url;
        }

        if (Scenery.HasOwnResults)
        {
            ResultServer = Own(await PrivateServer.StartAsync(BrokerKind.Redis, new Dictionary<string, string> { ["CELERYNET_REDIS_DURABLE"] = "1" }));
            results = ResultServer.Url;
        }

        if (broker.Length == 0) broker = TestServers.RabbitMQ;
        if (results.Length == 0) results = Scenery.Broker == BrokerKind.RabbitMQ ? TestServers.Redis : broker;
        if (Scenery.BrokerOption is { } option) broker = broker.WithOption(option);
        Setup = new Setup(broker, results);
        Book = new RunBook(Setup);
        if (Scenery.Broker == BrokerKind.RabbitMQ && Server is null) Own(new QueueRemoval(Setup));
    }

    private TcpProxy? NewProxy()
    {
        if (!Scenery.IsProxied) return null;
        var proxy = Setup.Broker.NewProxy();
        if (Scenery.Delay > TimeSpan.Zero) proxy.SlowDown(Scenery.Delay, Scenery.BytesPerSecond);
        return proxy;
    }

    private Setup SetupThrough(TcpProxy? proxy) => proxy is null ? Setup : Setup with { Broker = Setup.Broker.Through(proxy) };

    private T Own<T>(T owned) where T : IAsyncDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
