using StackExchange.Redis;

namespace CeleryNet.Redis.Connections;

/// <summary>One established connection. It is used until its first failure and then thrown away; it never heals by itself.</summary>
internal sealed class RedisSession
{
    private readonly RedisLink _link;

    internal RedisSession(RedisLink link, ConnectionMultiplexer multiplexer, RedisEndpoint endpoint, ServerFeatures features, int number)
    {
        _link = link;
        Multiplexer = multiplexer;
        Database = multiplexer.GetDatabase(endpoint.Database);
        Endpoint = endpoint;
        Features = features;
        Number = number;
    }

    internal ConnectionMultiplexer Multiplexer { get; }

    internal IDatabase Database { get; }

    internal RedisEndpoint Endpoint { get; }

    internal ServerFeatures Features { get; }

    /// <summary>Counts the sessions of a link, 1 for the first.</summary>
    internal int Number { get; }

    /// <summary>True once the session is given up.</summary>
    internal bool IsEnded { get; set; }

    /// <summary>Awaits a command with a time limit. A failed connection gives the session up.</summary>
    internal async Task<T> AwaitAsync<T>(Task<T> command, CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        try
        {
            return await command.WaitAsync(limit ?? _link.CommandTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (RedisFailure.IsConnection(error) || RedisFailure.IsWrongServer(error))
        {
            GiveUp(error);
            throw;
        }
    }

    /// <summary>The script as this server is told it.</summary>
    internal RedisScript.Variant Variant(RedisScript script) => Features.HasScriptFlags ? script.Flagged : script.Plain;

    /// <summary>Runs a script by its hash, and loads it when the server does not know it.</summary>
    internal async Task<RedisResult> EvaluateAsync(RedisScript script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken)
    {
        var variant = Variant(script);
        try
        {
            return await AwaitAsync(Database.ScriptEvaluateAsync(variant.Hash, keys, values), cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException error) when (RedisFailure.IsMissingScript(error))
        {
            await AwaitAsync(Database.ExecuteAsync("SCRIPT", "LOAD", variant.Text), cancellationToken).ConfigureAwait(false);
            return await AwaitAsync(Database.ScriptEvaluateAsync(variant.Hash, keys, values), cancellationToken).ConfigureAwait(false);
        }
    }

    internal Task<RedisResult> ExecuteAsync(string command, object[] arguments, CancellationToken cancellationToken) =>
        AwaitAsync(Database.ExecuteAsync(command, arguments), cancellationToken);

    /// <summary>Throws the session away; the link makes a new one when it is asked next.</summary>
    internal void GiveUp(Exception reason) => _link.GiveUp(this, reason);
}
