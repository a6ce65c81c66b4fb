using CeleryNet.Brokers;
using CeleryNet.Contracts;

namespace CeleryNet.RabbitMQ.Tests;

/// <summary>A proxy in front of the test server, with the URL that leads through it.</summary>
internal static class Proxied
{
    internal static (TcpProxy Proxy, string Url) Start()
    {
        var url = ConnectionString.ParseAll(TestServers.RabbitMQ)[0];
        var proxy = TcpProxy.Start(url.Host ?? "127.0.0.1", url.Port ?? 5672);
        return (proxy, $"amqp://{url.User ?? "guest"}:{url.Password ?? "guest"}@127.0.0.1:{proxy.Port}/{Uri.EscapeDataString(string.IsNullOrEmpty(url.Path) ? "/" : url.Path)}");
    }
}
