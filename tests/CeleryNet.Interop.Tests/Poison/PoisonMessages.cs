using System.IO.Compression;
using System.Text;
using static CeleryNet.Interop.Tests.Poison.PoisonEnd;

namespace CeleryNet.Interop.Tests.Poison;

/// <summary>The catalogue: what kills or wedges Python workers, and what else can be wrong with a message. Celery protocol, bad messages and traps.</summary>
public static class PoisonMessages
{
    /// <summary>Every message.</summary>
    public static IReadOnlyList<PoisonMessage> All { get; } = [.. Names(), .. Bodies(), .. Headers(), .. ProtocolOne(), .. RedisElements()];

    private static IEnumerable<PoisonMessage> Names() =>
    [
        new("unknown task", Failure) { Change = h => h["task"] = "cs.no_such_task", ErrorType = "NotRegistered" },
        new("task name with line breaks and escapes", Failure) { Change = h => h["task"] = "cs.x\r\n[ERROR] forged\u001b[31m\u2028", ErrorType = "NotRegistered" },
        new("task name of 1 MB", Failure) { Change = h => h["task"] = new string('n', 1 << 20), HasHugeHeader = true },
        new("task name is a number", Failure) { Change = h => h["task"] = 5 },
        new("no id", Refused) { Change = h => h.Remove("id"), HasCorrelationId = false },
        new("id is null", Refused) { Change = h => h["id"] = null, HasCorrelationId = false },
        new("id is a number", Refused) { Change = h => h["id"] = 17, HasCorrelationId = false },
        new("no task at all", Refused) { Change = h => h.Clear(), Body = "{\"hello\": \"world\"}", HasCorrelationId = false },
        new("neither correlation id nor reply queue", Success) { HasCorrelationId = false },
    ];

    private static IEnumerable<PoisonMessage> Bodies() =>
    [
        new("truncated JSON", Failure) { Body = "[[2, 3], {}, {\"callb" },
        new("empty body", Failure) { Body = "" },
        new("two elements", Failure) { Body = "[[2, 3], {}]" },
        new("four elements", Failure) { Body = "[[2, 3], {}, {}, {}]" },
        new("a text of three letters", Failure) { Body = "\"abc\"" },
        new("a number", Failure) { Body = "42" },
        new("null", Failure) { Body = "null" },
        new("UTF-8 mark first", Failure) { Bytes = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(PoisonMessage.GoodBody)] },
        new("not UTF-8", Failure) { ReachesTheTask = true, Bytes = [.. "[[\""u8, 0xC3, 0x28, 0xFF, .. "\"], {}, {}]"u8] },
        new("100 000 levels deep", Failure) { Body = $"[[{new string('[', 100_000)}{new string(']', 100_000)}, 3], {{}}, {{}}]" },
        new("100 000 levels deep and open", Failure) { Body = $"[[{new string('[', 100_000)}" },
        new("a number of a million digits", Failure) { ReachesTheTask = true, Body = $"[[{new string('9', 1_000_000)}, 3], {{}}, {{}}]" },
        new("arguments null", Failure) { Body = "[null, {}, {}]" },
        new("arguments an object", Failure) { Body = "[{\"x\": 2}, {}, {}]" },
        new("keywords null", Failure) { Body = "[[2, 3], null, {}]" },
        new("keywords a list", Failure) { Body = "[[2, 3], [], {}]" },
        new("too few arguments", Failure) { ReachesTheTask = true, Body = "[[2], {}, {}]", ErrorType = "TypeError" },
        new("too many arguments", Failure) { ReachesTheTask = true, Body = "[[2, 3, 4], {}, {}]", ErrorType = "TypeError" },
        new("embed null", Success) { Body = "[[2, 3], {}, null]" },
        new("embed a list", Success) { Body = "[[2, 3], {}, []]" },
        new("typed envelope of an unknown type", Failure) { ReachesTheTask = true, Body = "[[{\"__type__\": \"System.IO.FileInfo\", \"__value__\": \"/etc/passwd\"}, 3], {}, {}]" },
    ];

    private static IEnumerable<PoisonMessage> Headers() =>
    [
        new("pickle", Failure) { ContentType = "application/x-python-serialize", Bytes = [0x80, 4, (byte)'N', (byte)'.'] },
        new("yaml", Failure) { ContentType = "application/x-yaml", Body = "- [2, 3]\n- {}\n- {}" },
        new("unknown content type", Failure) { ContentType = "text/html" },
        new("content type with charset", Failure) { ContentType = "application/json; charset=utf-8" },
        new("no content type", Success) { ContentType = "" },
        new("compressed, says the header only", Failure) { Change = h => h["compression"] = "application/x-gzip" },
        new("a real gzip stream", Failure) { Change = h => h["compression"] = "application/x-gzip", Bytes = GZip(PoisonMessage.GoodBody) },
        new("unknown compression", Failure) { Change = h => h["compression"] = "application/x-own" },
        new("10 MB of zeros in 10 kB", Failure) { Change = h => h["compression"] = "application/x-gzip", Bytes = Bomb() },
        new("eta unreadable", Failure) { Change = h => h["eta"] = "tomorrow" },
        new("eta a number", Failure) { Change = h => h["eta"] = 1_700_000_000 },
        new("eta with seven digits", Success) { Change = h => h["eta"] = "2020-01-02T03:04:05.1234567+00:00" },
        new("expires unreadable", Failure) { Change = h => h["expires"] = "never" },
        new("expires a number", Failure) { Change = h => h["expires"] = 60 },
        new("time limit of one element", Failure) { Change = h => h["timelimit"] = new object?[] { 30 } },
        new("time limit a text", Failure) { Change = h => h["timelimit"] = "soon" },
        new("time limit null", Success) { Change = h => h["timelimit"] = null },
        new("retries a text", Failure) { Change = h => h["retries"] = "many" },
    ];

    private static IEnumerable<PoisonMessage> ProtocolOne() =>
    [
        new("protocol 1", Success) { Change = h => h.Clear(), Body = "{\"task\": \"cs.add\", \"id\": \"{id}\", \"args\": [2, 3], \"kwargs\": {}}" },
        new("protocol 1, unknown task", Failure) { Change = h => h.Clear(), Body = "{\"task\": \"cs.none\", \"id\": \"{id}\", \"args\": []}", ErrorType = "NotRegistered" },
        new("protocol 1, task name of 1 MB", Failure) { Change = h => h.Clear(), Body = $"{{\"task\": \"{new string('n', 1 << 20)}\", \"id\": \"{{id}}\", \"args\": []}}" },
        new("protocol 1 without id", Refused) { Change = h => h.Clear(), Body = "{\"task\": \"cs.add\", \"args\": [2, 3]}", HasCorrelationId = false },
        new("protocol 1, numeric expires", Failure) { Change = h => h.Clear(), Body = "{\"task\": \"cs.add\", \"id\": \"{id}\", \"args\": [2, 3], \"expires\": 60}" },
        new("headers of protocol 2, body of 1", Success) { Body = "{\"task\": \"cs.add\", \"id\": \"{id}\", \"args\": [2, 3], \"kwargs\": {}}" },
    ];

    private static IEnumerable<PoisonMessage> RedisElements() =>
    [
        new("element not JSON", Refused) { RedisElement = "no json" },
        new("element a number", Refused) { RedisElement = "17" },
        new("element empty", Refused) { RedisElement = "" },
        new("element an empty object", Refused) { RedisElement = "{}" },
        new("element cut off after the id", Failure) { RedisElement = Envelope("W1syLCAzXSwge30sIHt9XQ==", "\"delivery_tag\": \"{id}\", \"delivery_info\": {\"exchange\": \"\", \"routing_key\": \"q\"}")[..^30] },
        new("body not base64", Failure) { RedisElement = Envelope("!!! not base64 !!!", "\"delivery_tag\": \"{id}\", \"delivery_info\": {\"exchange\": \"\", \"routing_key\": \"q\"}, \"body_encoding\": \"base64\"") },
        new("unknown body encoding", Failure) { RedisElement = Envelope("W1syLCAzXSwge30sIHt9XQ==", "\"delivery_tag\": \"{id}\", \"delivery_info\": {\"exchange\": \"\", \"routing_key\": \"q\"}, \"body_encoding\": \"rot13\"") },
    ];

    private static string Envelope(string body, string properties) =>
        $"{{\"body\": \"{body}\", \"content-encoding\": \"utf-8\", \"content-type\": \"application/json\", "
        + $"\"headers\": {{\"task\": \"cs.add\", \"id\": \"{{id}}\"}}, \"properties\": {{\"correlation_id\": \"{{id}}\", {properties}}}}}";

    private static byte[] GZip(string text)
    {
        using var output = new MemoryStream();
        using (var zip = new GZipStream(output, CompressionLevel.Fastest)) zip.Write(Encoding.UTF8.GetBytes(text));
        return output.ToArray();
    }

    private static byte[] Bomb()
    {
        using var output = new MemoryStream();
        using (var zip = new ZLibStream(output, CompressionLevel.SmallestSize)) zip.Write(new byte[10 * 1024 * 1024]);
        return output.ToArray();
    }
}
