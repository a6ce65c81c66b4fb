using System.Globalization;
using CeleryNet.Brokers;
using CeleryNet.Contracts;
using StackExchange.Redis;

namespace CeleryNet.Redis.Tests;

/// <summary>A plain client of the server, to look at what the code under test does there.</summary>
public sealed class TestRedis : IAsyncDisposable
{
    public const string Separator = "\u0006\u0016";

    private readonly ConnectionMultiplexer _multiplexer;

    private TestRedis(ConnectionMultiplexer multiplexer, int database, string prefix)
    {
        _multiplexer = multiplexer;
        Database = multiplexer.GetDatabase(database);
        Prefix = prefix;
    }

    public IDatabase Database { get; }

    public string Prefix { get; }

    /// <summary>Connects to the shared server, or to the one of <paramref name="url"/>.</summary>
    public static async Task<TestRedis> ConnectAsync(string? url = null, string prefix = "")
    {
        var address = ConnectionString.ParseAll(url ?? TestServers.Redis)[0];
        var options = new ConfigurationOptions { AbortOnConnectFail = true, Password = address.Password, AllowAdmin = true, SyncTimeout = 10_000 };
        options.EndPoints.Add(address.Host ?? "127.0.0.1", address.Port ?? 6379);
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(options);
        return new TestRedis(multiplexer, int.Parse(address.Path is { Length: > 0 } path ? path : "0", CultureInfo.InvariantCulture), prefix);
    }

    public async Task<string[]> ListAsync(string key) => [.. (await Database.ListRangeAsync(Prefix + key)).Select(static value => value.ToString())];

    public async Task<string[]> SetAsync(string key) => [.. (await Database.SetMembersAsync(Prefix + key)).Select(static value => value.ToString())];

    /// <summary>The entries of <c>unacked</c> whose value holds the text.</summary>
    public async Task<List<(string Tag, string Value)>> UnackedAsync(string text) =>
        [.. (await Database.HashGetAllAsync(Prefix + "unacked")).Select(static entry => (entry.Name.ToString(), entry.Value.ToString())).Where(entry => entry.Item2.Contains(text, StringComparison.Ordinal))];

    public async Task DeleteQueueAsync(string name) =>
        await Database.KeyDeleteAsync([Prefix + name, .. new[] { 3, 6, 9 }.Select(step => (RedisKey)$"{Prefix}{name}{Separator}{step}"), $"{Prefix}_kombu.binding.{name}"]);

    /// <summary>Removes every key of the test's prefix.</summary>
    public async Task DeletePrefixAsync()
    {
        if (Prefix.Length == 0) throw new InvalidOperationException("This would delete everything.");
        var keys = (RedisKey[]?)await Database.ExecuteAsync("KEYS", $"{Prefix}*") ?? [];
        if (keys.Length > 0) await Database.KeyDeleteAsync(keys);
    }

    /// <summary>True when somebody waits in a blocking command for a message.</summary>
    public async Task<bool> IsWatchedAsync() =>
        ((string?)await ExecuteAsync("CLIENT", "LIST"))!.Split('\n').Any(static client => client.Contains("name=celerynet-wake", StringComparison.Ordinal) && client.Contains("cmd=blmove", StringComparison.Ordinal));

    public async Task<RedisResult> ExecuteAsync(string command, params object[] arguments) => await Database.ExecuteAsync(command, arguments);

    public async ValueTask DisposeAsync() => await _multiplexer.CloseAsync(allowCommandsToComplete: false);
}
