using System.Text.Json;
using CeleryNet.Brokers;

namespace CeleryNet.Worker.Commands;

/// <summary>Writes a connection as kombu's <c>Connection.info()</c> shows it: never with its password.</summary>
internal static class BrokerInfo
{
    private const string Amqp = "amqp";

    internal static void Write(Utf8JsonWriter reply, string address, BrokerSettings settings)
    {
        var all = ConnectionString.ParseAll(address);
        var url = all[0];
        var isSecure = url.Scheme is "amqps" or "rediss";
        var transport = isSecure ? url.Scheme[..^1] : url.Scheme;
        reply.WriteStartObject();
        reply.WriteString("hostname"u8, url.Host);
        reply.WriteString("userid"u8, url.User);
        reply.WriteString("virtual_host"u8, string.IsNullOrEmpty(url.Path) ? transport == Amqp ? "/" : "0" : url.Path);
        if (PortOf(url) is { } port) reply.WriteNumber("port"u8, port);
        else reply.WriteNull("port"u8);
        reply.WriteBoolean("insist"u8, false);
        reply.WriteBoolean("ssl"u8, isSecure);
        reply.WriteString("transport"u8, transport);
        reply.WriteNumber("connect_timeout"u8, settings.ConnectTimeout.TotalSeconds);
        reply.WriteStartObject("transport_options"u8);
        reply.WriteEndObject();
        reply.WriteString("login_method"u8, transport == Amqp ? "PLAIN" : null);
        reply.WriteNull("uri_prefix"u8);
        reply.WriteNull("heartbeat"u8); // the broker's own affair here
        reply.WriteString("failover_strategy"u8, "round-robin");
        reply.WriteStartArray("alternates"u8);
        foreach (var alternate in all.Skip(1)) reply.WriteStringValue(alternate.ToString());
        reply.WriteEndArray();
        reply.WriteEndObject();
    }

    private static int? PortOf(ConnectionString url) => url.Port ?? url.Scheme switch
    {
        Amqp => 5672,
        "amqps" => 5671,
        "redis" or "rediss" => 6379,
        _ => null,
    };
}
