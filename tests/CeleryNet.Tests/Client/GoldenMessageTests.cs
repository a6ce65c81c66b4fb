using System.Globalization;
using System.Numerics;
using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Serialization;
using CeleryNet.Tests.Client.Doubles;

namespace CeleryNet.Tests.Client;

/// <summary>What the client sends against what Python Celery 5.2.6 sent for the same call, field by field.</summary>
public sealed class GoldenMessageTests
{
    // The sender's own: language, ids, origin. c526 has no stamps yet, which newer versions and this library always write.
    private static readonly string[] NotCompared = ["lang", "origin", "id", "root_id"];

    public static TheoryData<string, Action<CallOptions>> OfAdd => new()
    {
        { "add-plain", _ => { } },
        { "countdown", o => o.Countdown = TimeSpan.FromSeconds(60) },
        { "eta-aware", o => o.Eta = new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.FromHours(5.5)) },
        { "expires-seconds", o => (o.Expires, o.ExpireAtBroker) = (TimeSpan.FromSeconds(120), true) },
        { "expires-datetime", o => (o.ExpiresAt, o.ExpireAtBroker) = (new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero).AddMicroseconds(123456), true) },
        { "countdown-and-expires", o => (o.Countdown, o.Expires, o.ExpireAtBroker) = (TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120), true) },
        { "time-limits", o => (o.TimeLimit, o.SoftTimeLimit) = (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(20)) },
        { "shadow", o => o.Shadow = "tasks.alias" },
        { "priority-0", o => o.Priority = 0 },
        { "priority-9", o => o.Priority = 9 },
        { "ignore-result", o => o.IgnoreResult = true },
        { "queue-given", o => o.Queue = "other" },
        { "task-id-given", o => o.TaskId = "my-own-id" },
        { "exchange-and-routing-key", o => (o.Exchange, o.RoutingKey) = ("ex", "a.b") },
        {
            "custom-headers", o =>
            {
                o.Headers["x-trace"] = "abc";
                o.Headers["n"] = 7;
                o.Headers["nested"] = new Dictionary<string, object?> { ["a"] = new object?[] { 1, null } };
            }
        },
    };

    public static TheoryData<string, object?[], Dictionary<string, object?>, string?> OfOthers => new()
    {
        { "add-kwargs", [], new() { ["x"] = 2, ["y"] = 3 }, null },
        { "no-args", [], [], null },
        { "args-and-kwargs", [1, null, true, new object[] { 1, new object[] { 2, new Dictionary<string, object?> { ["a"] = null } } }],
            new() { ["k"] = new Dictionary<string, object?> { ["n"] = new object[] { 1.5, "x" } }, ["flag"] = false }, null },
        { "unicode", ["café", "Привет", "日本語", "😀👩‍👩‍👧", "e\u0301", "a\"b\\c\n\t\0\u2028</script>"], new() { ["ключ"] = "значение" }, null },
        { "numbers", [9007199254740993L, long.MaxValue, BigInteger.Parse("18446744073709551616", CultureInfo.InvariantCulture), long.MinValue, 0.1, 1e22, 1e-7, -0.0], [], null },
        { "compression-zlib", [new string('x', 50)], [], "zlib" },
    };

    [Theory]
    [MemberData(nameof(OfAdd))]
    public async Task Enqueue_WithOneOption_SendsWhatPythonSends(string file, Action<CallOptions> configure)
    {
        await using var host = new ClientHost();
        host.Results.ReplyQueue = () => "reply-queue";
        var golden = GoldenMessage.Load(file);
        golden.SetClock(host.Time);

        await host.Client.EnqueueAsync(Calls.Add(2, 3), configure);

        AssertEqual(host.Broker.Only, golden);
    }

    [Theory]
    [MemberData(nameof(OfOthers))]
    public async Task EnqueueByName_WithArguments_SendsWhatPythonSends(string file, object?[] args, Dictionary<string, object?> kwargs, string? compression)
    {
        await using var host = new ClientHost();
        host.Results.ReplyQueue = () => "reply-queue";
        var golden = GoldenMessage.Load(file);

        await host.Client.EnqueueByNameAsync(golden.Headers.GetProperty("task").GetString()!, args, kwargs, o => o.Compression = compression);

        // Display texts: Celery's saferepr cuts below the third level and leaves control characters as they are; this library shows Python's plain repr.
        string[] notCompared = file is "unicode" or "args-and-kwargs" ? ["argsrepr"] : [];
        AssertEqual(host.Broker.Only, golden, notCompared);
    }

    private static void AssertEqual(OutgoingMessage sent, GoldenMessage golden, params string[] notCompared)
    {
        var (message, route) = sent;
        var headers = HeaderTable.Write(message);
        headers.Keys.Should().BeEquivalentTo(golden.Headers.EnumerateObject().Select(header => header.Name));
        foreach (var expected in golden.Headers.EnumerateObject().Where(header => !NotCompared.Contains(header.Name) && !notCompared.Contains(header.Name)))
            GoldenMessage.Plain(headers[expected.Name]).Should().BeEquivalentTo(GoldenMessage.Plain(expected), options => options.WithStrictOrdering(), "header {0}", expected.Name);

        message.Language.Should().Be("cs");
        message.Origin.Should().Be($"gen{Environment.ProcessId}@{Environment.MachineName}");
        message.RootId.Should().Be(message.Id).And.Be(message.CorrelationId);
        if (golden.Headers.GetProperty("id").GetString() is "my-own-id") message.Id.Should().Be("my-own-id");
        else Guid.TryParse(message.Id, out _).Should().BeTrue();

        message.Priority.Should().Be(golden.Properties.GetProperty("priority").GetByte());
        message.IsPersistent.Should().BeTrue();
        message.ReplyTo.Should().Be("reply-queue");
        message.ContentType.Should().Be(golden.ContentType);
        message.ContentEncoding.Should().Be(golden.ContentEncoding);
        (message.Expiration is { } expiration ? Envelope.MillisecondsOf(expiration) : null).Should().Be(golden.Expiration);
        route.Exchange.Should().Be(golden.Exchange);
        route.RoutingKey.Should().Be(golden.RoutingKey);

        var body = message.Compression is { } type ? BodyCompression.Decompress(message.Body, type, new WireOptions()) : message.Body;
        JsonElement.DeepEquals(JsonDocument.Parse(body).RootElement, golden.Body).Should().BeTrue("the body should be {0}", golden.Body);
    }
}
