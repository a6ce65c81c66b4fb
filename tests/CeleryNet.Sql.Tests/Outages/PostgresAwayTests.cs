using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests.Outages;

/// <summary>A proxy is in the way, which cuts every connection.</summary>
public sealed class PostgresAwayTests(PostgresSchema schema) : DatabaseAwayContract, IClassFixture<PostgresSchema>
{
    private readonly string _name = schema.NewName();
    private TcpProxy? _proxy;

    protected override string? Secret => Server.UserInfo[(Server.UserInfo.IndexOf(':') + 1)..];

    private static Uri Server => new(TestServers.Postgres);

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (_proxy is not null) await _proxy.DisposeAsync();
    }

    protected override void Use(TaskQueueBuilder queue, bool withResults)
    {
        _proxy = TcpProxy.Start(Server.Host, Server.Port);
        var url = new UriBuilder(Server) { Port = _proxy.Port, Query = $"schema={_name}" }.Uri.AbsoluteUri;
        queue.UsePostgres(url);
        if (withResults) queue.UsePostgresResults(url);
    }

    protected override Task AwayAsync()
    {
        _proxy!.Set(TcpProxyMode.Reset); // the host was started before
        return Task.CompletedTask;
    }

    protected override Task UnreachableAsync() => AwayAsync();

    protected override Task TriedAsync()
    {
        var before = _proxy!.Accepted; // the host was started before
        return Eventually.IsTrueAsync(() => _proxy.Accepted >= before + 5);
    }

    protected override Task BackAsync()
    {
        _proxy?.Set(TcpProxyMode.Pass);
        return Task.CompletedTask;
    }

    protected override Task<long> MessagesAsync() => schema.ScalarAsync<long>($"select count(*) from {_name}.message");
}
