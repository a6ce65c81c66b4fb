using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using CeleryNet.Contracts;

namespace CeleryNet.Samples.Tests;

/// <summary>Addresses for programs that are told theirs.</summary>
internal static class Ports
{
    /// <summary>A port that is free now; for programs that cannot choose one themselves.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The Redis of the tests with another database: the queues of samples have the usual names.</summary>
    public static string Redis(int database) => Regex.Replace(TestServers.Redis, "/[0-9]*$", $"/{database}");
}
