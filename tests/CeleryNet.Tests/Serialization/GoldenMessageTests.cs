using System.Text.Json;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

public sealed class GoldenMessageTests
{
    // Of Celery 5.3 and later, with what they say when they say nothing: then they are not written.
    private static readonly Dictionary<string, string> NewHeaders = new()
    {
        [TaskHeaders.ReplacedTaskNesting] = "0",
        [TaskHeaders.StampedHeaders] = "null",
        [TaskHeaders.Stamps] = "{}",
    };

    public static TheoryData<string> Messages => [.. GoldenFile.Names("messages")];

    public static TheoryData<string> Tables => [.. GoldenFile.Names("raw-properties")];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Read_EnvelopeOfPython_HasEveryField(string name)
    {
        var golden = GoldenFile.Read(name).GetProperty("message");

        var content = Envelope.Read(GoldenFile.Envelope(name), Json.Options);

        content.Message.Problem.Should().BeNull();
        AssertHeaders(content.Message, golden.GetProperty("headers"));
        var properties = golden.GetProperty("properties");
        content.Message.CorrelationId.Should().Be(Text(properties, "correlation_id"));
        content.Message.ReplyTo.Should().Be(Text(properties, "reply_to"));
        content.Message.IsPersistent.Should().Be(properties.GetProperty("delivery_mode").GetInt32() == 2);
        content.Message.Priority.Should().Be(properties.GetProperty("priority").GetByte());
        content.Message.Expiration?.TotalMilliseconds.Should().Be(double.Parse(Text(properties, "expiration")!, System.Globalization.CultureInfo.InvariantCulture));
        content.DeliveryTag.Should().Be(Text(properties, "delivery_tag"));
        content.Exchange.Should().Be(Text(properties.GetProperty("delivery_info"), "exchange"));
        content.RoutingKey.Should().Be(Text(properties.GetProperty("delivery_info"), "routing_key"));
        content.IsRedelivered.Should().BeFalse();
        content.Message.ContentType.Should().Be(Text(golden, "content_type"));
        content.Message.ContentEncoding.Should().Be(Text(golden, "content_encoding"));
        content.Message.Body.ToArray().Should().Equal(BodyOf(golden));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Read_BodyOfPython_IsCutIntoItsParts(string name)
    {
        var file = GoldenFile.Read(name);
        var golden = file.GetProperty("message");
        var message = Envelope.Read(GoldenFile.Envelope(name), Json.Options).Message;
        if (name.Contains("serializer-", StringComparison.Ordinal) || name.Contains("bzip2", StringComparison.Ordinal))
        {
            var refused = () => TaskBody.Read(message, Json.Options);
            refused.Should().Throw<MessageFormatException>();
            return;
        }

        var body = TaskBody.Read(message, Json.Options);

        var text = file.TryGetProperty("body_decompressed_text", out var decompressed) ? decompressed.GetString()! : golden.GetProperty("body_text").GetString()!;
        var expected = JsonElement.Parse(JsonDialect.QuoteBareFloats(Json.Bytes(text)) ?? Json.Bytes(text));
        if (expected.ValueKind == JsonValueKind.Array)
        {
            AssertPart(body.Arguments, expected[0]);
            AssertPart(body.KeywordArguments, expected[1]);
            AssertPart(body.Chain, Part(expected[2], "chain"));
            expected = expected[2];
        }
        else
        {
            AssertPart(body.Arguments, expected.GetProperty("args"));
            AssertPart(body.KeywordArguments, expected.GetProperty("kwargs"));
            message.TaskName.Should().Be(Text(expected, "task"));
            message.Id.Should().Be(Text(expected, "id"));
            message.GroupId.Should().Be(Text(expected, "taskset") ?? Text(expected, "group"));
            message.Retries.Should().Be(expected.GetProperty("retries").GetInt32());
            message.Eta.Should().Be(Moment(expected, "eta"));
            message.Expires.Should().Be(Moment(expected, "expires"));
        }

        AssertPart(body.Callbacks, Part(expected, "callbacks"));
        AssertPart(body.Errbacks, Part(expected, "errbacks"));
        AssertPart(body.Chord, Part(expected, "chord"));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Write_MessageOfPython_IsTheSameEnvelope(string name)
    {
        var original = JsonElement.Parse(GoldenFile.Envelope(name));
        if (!original.GetProperty("headers").TryGetProperty("task", out _)) return; // protocol 1 is read, never written
        var content = Envelope.Read(GoldenFile.Envelope(name), Json.Options);

        var written = JsonElement.Parse(Json.Write(
            json => Envelope.Write(json, content.Message, content.Exchange, content.RoutingKey, Guid.Parse(content.DeliveryTag!))));

        AssertHeaders(written.GetProperty("headers"), original.GetProperty("headers"));
        foreach (var part in original.EnumerateObject().Where(part => part.Name != "headers"))
            JsonElement.DeepEquals(written.GetProperty(part.Name), part.Value).Should().BeTrue($"{part.Name} is {part.Value}, not {written.GetProperty(part.Name)}");
        written.EnumerateObject().Should().HaveCount(original.EnumerateObject().Count());
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void HeaderTable_OfPython_IsReadAndWrittenTheSame(string name)
    {
        var original = GoldenFile.Read(name).GetProperty("decoded").GetProperty("application_headers");
        var table = original.EnumerateObject().ToDictionary(header => header.Name, header => AsAmqp(header.Value));
        var message = new TaskMessage();

        HeaderTable.Read(message, table, Json.Options);
        var written = JsonElement.Parse(Json.Write<object?>(HeaderTable.Write(message), WireConverters.Any));

        message.Problem.Should().BeNull();
        AssertHeaders(message, original);
        AssertHeaders(written, original);
    }

    private static void AssertHeaders(TaskMessage message, JsonElement headers)
    {
        message.TaskName.Should().Be(Text(headers, "task"));
        message.Id.Should().Be(Text(headers, "id"));
        message.Language.Should().Be(Text(headers, "lang"));
        message.Shadow.Should().Be(Text(headers, "shadow"));
        message.Eta.Should().Be(Moment(headers, "eta"));
        message.Expires.Should().Be(Moment(headers, "expires"));
        message.GroupId.Should().Be(Text(headers, "group"));
        message.GroupIndex.Should().Be(Part(headers, "group_index") is { ValueKind: JsonValueKind.Number } index ? index.GetInt32() : null);
        message.Retries.Should().Be(Part(headers, "retries") is { ValueKind: JsonValueKind.Number } retries ? retries.GetInt32() : 0);
        message.RootId.Should().Be(Text(headers, "root_id"));
        message.ParentId.Should().Be(Text(headers, "parent_id"));
        message.ArgsRepr.Should().Be(Text(headers, "argsrepr"));
        message.KwargsRepr.Should().Be(Text(headers, "kwargsrepr"));
        message.Origin.Should().Be(Text(headers, "origin"));
        message.Compression.Should().Be(Text(headers, "compression"));
        if (Part(headers, "timelimit") is { ValueKind: JsonValueKind.Array } limits)
        {
            message.TimeLimit?.TotalSeconds.Should().Be(limits[0].GetDouble());
            message.SoftTimeLimit?.TotalSeconds.Should().Be(limits[1].GetDouble());
        }

        var custom = headers.EnumerateObject().Where(header => Array.IndexOf(HeaderTable.Known, header.Name) < 0).Select(header => header.Name);
        (message.CustomHeaders?.Keys ?? []).Should().BeEquivalentTo(custom);
    }

    private static void AssertHeaders(JsonElement written, JsonElement original)
    {
        foreach (var header in original.EnumerateObject())
        {
            if (NewHeaders.TryGetValue(header.Name, out var nothing) && header.Value.GetRawText() == nothing)
            {
                written.TryGetProperty(header.Name, out _).Should().BeFalse("header {0} says nothing", header.Name);
                continue;
            }

            var now = written.GetProperty(header.Name);
            var isSame = header.Name is "eta" or "expires" && header.Value.ValueKind == JsonValueKind.String
                ? now.GetDateTimeOffset() == header.Value.GetDateTimeOffset() && now.GetString()!.Length == WireTime.Length
                : JsonElement.DeepEquals(now, header.Value);
            isSame.Should().BeTrue($"header {header.Name} is {header.Value}, not {now}");
        }

        written.EnumerateObject().Select(header => header.Name).Should().BeSubsetOf(original.EnumerateObject().Select(header => header.Name));
    }

    private static void AssertPart(ReadOnlyMemory<byte> part, JsonElement expected)
    {
        if (expected.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined) part.IsEmpty.Should().BeTrue();
        else JsonElement.DeepEquals(Json.Element(part), expected).Should().BeTrue($"{expected} was sent, not {Json.Text(part)}");
    }

    private static JsonElement Part(JsonElement element, string name) => element.TryGetProperty(name, out var part) ? part : default;

    private static string? Text(JsonElement element, string name) => Part(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static DateTimeOffset? Moment(JsonElement element, string name) => Part(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetDateTimeOffset() : null;

    private static byte[] BodyOf(JsonElement message) =>
        message.TryGetProperty("body_base64", out var base64) ? base64.GetBytesFromBase64() : Json.Bytes(message.GetProperty("body_text").GetString()!);

    // As the AMQP client hands out a table: texts are bytes.
    private static object? AsAmqp(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Json.Bytes(value.GetString()!),
        JsonValueKind.Number when value.TryGetInt32(out var number) => number,
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        JsonValueKind.Array => value.EnumerateArray().Select(AsAmqp).ToList(),
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(item => item.Name, item => AsAmqp(item.Value)),
        _ => null,
    };
}
