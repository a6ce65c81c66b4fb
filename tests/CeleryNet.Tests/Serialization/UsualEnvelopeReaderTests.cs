using System.Text;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

/// <summary>The quick reader of usual envelopes against the real one, which reads the same envelope behind a line break.</summary>
public sealed class UsualEnvelopeReaderTests
{
    public static TheoryData<string> Golden => [.. GoldenFile.Names("messages").Where(name => GoldenFile.Read(name).TryGetProperty("redis_envelope_text", out _))];

    [Theory]
    [MemberData(nameof(Golden))]
    public void Golden_IsReadAlikeOrLeftToTheOther(string name) => ReadsAlike(GoldenFile.Envelope(name));

    [Theory]
    [InlineData("c526/messages/add-plain")]
    [InlineData("c563/messages/add-plain")]
    public void PlainMessageOfCelery_IsUsual(string name) => UsualEnvelopeReader.TryRead(GoldenFile.Envelope(name), Json.Options, out _).Should().BeTrue();

    [Fact]
    public void OwnMessage_IsUsual()
    {
        var envelope = Own();

        ReadsAlike(envelope).Should().BeTrue();
    }

    [Fact]
    public void BlanksBehind_AreNothing() => ReadsAlike([.. Own(), .. "   "u8]).Should().BeTrue();

    [Fact]
    public void Any_ByteChanged_IsReadAlikeOrLeftToTheOther()
    {
        var envelope = GoldenFile.Envelope("c563/messages/add-plain");
        for (var i = 0; i < envelope.Length; i++)
        {
            foreach (var other in "x0 \"\\{}[],:\n\u0001"u8)
            {
                var changed = envelope.ToArray();
                changed[i] = other;
                ReadsAlike(changed);
            }

            ReadsAlike(envelope[..i]);
        }
    }

    [Theory]
    [InlineData("\"task\":\"tasks.add\"", "\"task\":\"tâche\"")]
    [InlineData("\"task\":\"tasks.add\"", "\"task\":\"a\\u0062\"")]
    [InlineData("\"retries\":0", "\"retries\":00")]
    [InlineData("\"retries\":0", "\"retries\":1.0")]
    [InlineData("\"retries\":0", "\"retries\":-1")]
    [InlineData("\"eta\":null", "\"eta\":\"2030-01-01T00:00:00+00:00\"")]
    [InlineData("\"ignore_result\":false", "\"ignore_result\":false,\"x\":1")]
    [InlineData("\"body_encoding\":\"base64\"", "\"body_encoding\":null")]
    public void Unusual_IsLeftToTheOther(string part, string unusual)
    {
        var envelope = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Own()).Replace(part, unusual, StringComparison.Ordinal));
        var before = envelope.ToArray();

        UsualEnvelopeReader.TryRead(envelope, Json.Options, out _).Should().BeFalse();

        envelope.Should().Equal(before, "the other one reads it then");
    }

    [Fact]
    public void BodyThatIsNoBase64_IsLeftUntouched()
    {
        var text = Encoding.UTF8.GetString(Own());
        var envelope = Encoding.UTF8.GetBytes(text.Replace("{\"body\":\"W1", "{\"body\":\"W?", StringComparison.Ordinal));
        var before = envelope.ToArray();

        UsualEnvelopeReader.TryRead(envelope, Json.Options, out _).Should().BeFalse();

        envelope.Should().Equal(before);
    }

    [Fact]
    public void Limits_AreThoseOfTheOther()
    {
        UsualEnvelopeReader.TryRead(Own(), Json.Options with { MaxHeaderBytes = 100 }, out _).Should().BeFalse();
        UsualEnvelopeReader.TryRead(Own(), Json.Options with { MaxDepth = 2 }, out _).Should().BeFalse();
    }

    // True when it is a usual one.
    private static bool ReadsAlike(byte[] envelope)
    {
        var expected = Envelope.Read([(byte)'\n', .. envelope], Json.Options);
        var isUsual = UsualEnvelopeReader.TryRead(envelope.ToArray(), Json.Options, out var content);
        if (!isUsual) return false;
        content.Message.Should().BeEquivalentTo(expected.Message, options => options.Excluding(message => message.Body));
        content.Message.Body.ToArray().Should().Equal(expected.Message.Body.ToArray());
        (content.Exchange, content.RoutingKey, content.DeliveryTag, content.IsRedelivered, content.IsBase64)
            .Should().Be((expected.Exchange, expected.RoutingKey, expected.DeliveryTag, expected.IsRedelivered, expected.IsBase64));
        return true;
    }

    private static byte[] Own()
    {
        var id = TaskId.New();
        var message = new TaskMessage
        {
            TaskName = "tasks.add",
            Id = id,
            RootId = id,
            CorrelationId = id,
            Language = "cs",
            ArgsRepr = "(1, 2)",
            KwargsRepr = "{}",
            Origin = "cs@host",
            GroupIndex = 3,
            GroupId = "g",
            Priority = 5,
            Retries = 0,
            IgnoreResult = false,
            Body = "[[1,2],{},{\"callbacks\":null,\"errbacks\":null,\"chain\":null,\"chord\":null}]"u8.ToArray(),
        };
        return Envelope.ToArray(message, "", "celery", TaskId.NewGuid());
    }
}
