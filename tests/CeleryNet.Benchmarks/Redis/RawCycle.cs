using System.Globalization;
using System.Text;
using CeleryNet.Benchmarks.Harness;
using StackExchange.Redis;

namespace CeleryNet.Benchmarks.Redis;

/// <summary>
/// StackExchange.Redis alone, at least once: a script pops 50 messages and registers them as unacknowledged, they are acknowledged in one batch; three such calls in flight.
/// </summary>
internal sealed class RawCycle : IContender
{
    private const int Batch = 50;
    private const int CallsInFlight = 3;

    private const string Pop = """
        local messages = redis.call('RPOP', KEYS[1], ARGV[1])
        if not messages then return {} end
        local entries, scores = {}, {}
        for i, message in ipairs(messages) do
          local tag = ARGV[2] .. i
          entries[2 * i - 1] = tag
          entries[2 * i] = '[' .. message .. ',"","' .. KEYS[1] .. '"]'
          scores[2 * i - 1] = ARGV[3]
          scores[2 * i] = tag
        end
        redis.call('HSET', KEYS[2], unpack(entries))
        redis.call('ZADD', KEYS[3], unpack(scores))
        return messages
        """;

    private static readonly RedisKey[] Keys = ["bench.raw.cycle", "bench.raw.unacked", "bench.raw.unacked_index"];

    private readonly ConnectionMultiplexer _connection;
    private readonly IDatabase _database;
    private readonly byte[] _script;
    private readonly RawResults? _results;

    private RawCycle(ConnectionMultiplexer connection, byte[] script, RawResults? results) =>
        (_connection, _database, _script, _results) = (connection, connection.GetDatabase(), script, results);

    public string Name => _results is null ? "StackExchange.Redis, pop 50 + batched ack" : "StackExchange.Redis, pop 50 + SET EX + PUBLISH + batched ack";

    internal static async Task<RawCycle> OpenAsync(bool withResults)
    {
        var connection = await RawRedis.OpenAsync().ConfigureAwait(false);
        var script = await connection.GetServer(connection.GetEndPoints()[0]).ScriptLoadAsync(Pop).ConfigureAwait(false);
        return new RawCycle(connection, script, withResults ? await RawResults.OpenAsync().ConfigureAwait(false) : null);
    }

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        await RedisQueue.FillAsync(_database, "bench.raw.cycle", operations, deadline).ConfigureAwait(false);
        var arrivals = new Arrivals(operations);
        var calls = Enumerable.Range(0, CallsInFlight).Select(call => CycleAsync(call, arrivals, deadline)).ToArray();
        await Task.WhenAll(calls).WaitAsync(deadline).ConfigureAwait(false);
        var sample = arrivals.Stop();
        if (arrivals.Ended != operations) throw new InvalidOperationException($"{arrivals.Ended} of {operations} messages were handled.");
        if (_results is not null) await _results.ClearAsync().ConfigureAwait(false);
        return sample;
    }

    public async ValueTask DisposeAsync()
    {
        await _database.KeyDeleteAsync(Keys).ConfigureAwait(false);
        await _connection.CloseAsync().ConfigureAwait(false);
        if (_results is not null) await _results.DisposeAsync().ConfigureAwait(false);
    }

    private async Task CycleAsync(int call, Arrivals arrivals, CancellationToken deadline)
    {
        var acknowledged = Task.FromResult<long[]>([]);
        var stored = new List<Task>(Batch);
        for (var round = 0; ; round++)
        {
            var prefix = string.Create(CultureInfo.InvariantCulture, $"w{call}-{round}-");
            var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            var reply = await _database.ScriptEvaluateAsync(_script, Keys, [Batch, prefix, now]).WaitAsync(deadline).ConfigureAwait(false);
            await acknowledged.WaitAsync(deadline).ConfigureAwait(false); // of the batch before, while this one travelled
            var messages = (byte[][])reply!;
            if (messages.Length == 0) return;

            stored.Clear();
            foreach (var message in messages)
            {
                arrivals.Begin();
                if (_results is not null) stored.Add(_results.StoreAsync(IdOf(message)));
            }

            await Task.WhenAll(stored).WaitAsync(deadline).ConfigureAwait(false);
            acknowledged = AcknowledgeAsync(prefix, messages.Length);
            for (var i = 0; i < messages.Length; i++) arrivals.End();
        }
    }

    private Task<long[]> AcknowledgeAsync(string prefix, int count)
    {
        var tags = new RedisValue[count];
        for (var i = 0; i < count; i++) tags[i] = prefix + (i + 1).ToString(CultureInfo.InvariantCulture);
        return Task.WhenAll(_database.SortedSetRemoveAsync(Keys[2], tags), _database.HashDeleteAsync(Keys[1], tags));
    }

    // The least that a consumer must read.
    private static string IdOf(byte[] message)
    {
        var start = message.AsSpan().IndexOf("\"id\":\""u8) + 6;
        return Encoding.ASCII.GetString(message, start, 36);
    }
}
