using CeleryNet.Contracts;

namespace CeleryNet.Chaos.Tests.Servers;

/// <summary>Changes connection strings.</summary>
internal static class Address
{
    /// <summary>The same server by way of the proxy.</summary>
    internal static string Through(this string url, TcpProxy proxy) => With(url, uri => uri.Port = proxy.Port);

    /// <summary>The same server with an option, such as <c>heartbeat=5</c>.</summary>
    internal static string WithOption(this string url, string option) => With(url, uri => uri.Query = uri.Query.Length > 1 ? $"{uri.Query}&{option}" : option);

    /// <summary>A proxy to the server.</summary>
    internal static TcpProxy NewProxy(this string url) => TcpProxy.Start(new Uri(url).Host, new Uri(url).Port);

    private static string With(string url, Action<UriBuilder> change)
    {
        var uri = new UriBuilder(url);
        change(uri);
        return uri.Uri.AbsoluteUri;
    }
}
