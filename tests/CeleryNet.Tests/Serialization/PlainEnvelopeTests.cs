using System.Text;
using System.Text.Json;
using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

/// <summary>Messages that are no tasks, in kombu's envelope.</summary>
public sealed class PlainEnvelopeTests
{
    // As Python Celery 5.2.6 publishes app.control.ping() on Redis.
    private const string OfPython = """
        {"body": "eyJtZXRob2QiOiAicGluZyJ9", "content-encoding": "utf-8", "content-type": "application/json", "headers": {"clock": 3, "expires": 1795382803.25, "id": {"n": [1, null]}},
         "properties": {"delivery_mode": 2, "delivery_info": {"exchange": "celery.pidbox", "routing_key": ""}, "priority": 0, "body_encoding": "base64", "delivery_tag": "t"}}
        """;

    [Fact]
    public void Read_OfPython_HasHeadersThatWouldBeWrongForATask()
    {
        var content = Read(OfPython);

        Encoding.UTF8.GetString(content.Body.Span).Should().Be("{\"method\": \"ping\"}");
        content.Headers.Should().Contain("clock", 3L).And.Contain("expires", 1795382803.25).And.ContainKey("id");
        content.Exchange.Should().Be("celery.pidbox");
        content.RoutingKey.Should().BeEmpty();
        content.ContentType.Should().Be("application/json");
        content.ContentEncoding.Should().Be("utf-8");
    }

    [Fact]
    public void Encode_ThenRead_IsTheSame()
    {
        var headers = new Dictionary<string, object?> { ["none"] = null, ["yes"] = true, ["n"] = long.MaxValue, ["half"] = 0.5, ["text ✓"] = "日本 \"\\\n", ["list"] = new List<object?> { 1L, "two" } };
        var sent = new PlainContent(headers, new byte[] { 0, 255, 1 }) { ContentType = "application/data", ContentEncoding = "binary", Exchange = "celeryev", RoutingKey = "worker.online" };

        var read = PlainEnvelope.Read(PlainEnvelope.Encode(sent, Guid.NewGuid()), new WireOptions());

        read.Headers.Should().BeEquivalentTo(headers);
        read.Body.ToArray().Should().Equal(0, 255, 1);
        (read.ContentType, read.ContentEncoding, read.Exchange, read.RoutingKey).Should().Be(("application/data", "binary", "celeryev", "worker.online"));
    }

    [Fact]
    public void Encode_Envelope_HasTheFieldsOfKombu()
    {
        var envelope = PlainEnvelope.Encode(Read(OfPython), Guid.NewGuid());

        using var ours = JsonDocument.Parse(envelope);
        using var kombus = JsonDocument.Parse(OfPython);
        Names(ours.RootElement).Should().BeEquivalentTo(Names(kombus.RootElement));
        Names(ours.RootElement.GetProperty("properties")).Should().BeEquivalentTo(Names(kombus.RootElement.GetProperty("properties")));
        Names(ours.RootElement.GetProperty("properties").GetProperty("delivery_info")).Should().BeEquivalentTo("exchange", "routing_key");

        static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(field => field.Name);
    }

    [Theory]
    [InlineData("{\"body\": \"text as it is ü\"}", "text as it is ü")]
    [InlineData("{}", "")]
    [InlineData("{\"body\": null, \"headers\": null, \"properties\": {\"delivery_info\": null}}", "")]
    [InlineData("{\"body\": \"x\", \"headers\": {\"n\": NaN}}", "x")]
    public void Read_LessThanAll_IsAccepted(string envelope, string body) => Encoding.UTF8.GetString(Read(envelope).Body.Span).Should().Be(body);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"body\": 1}")]
    [InlineData("{\"headers\": [1]}")]
    [InlineData("{\"properties\": \"\"}")]
    [InlineData("{\"body\": \"#\", \"properties\": {\"body_encoding\": \"base64\"}}")]
    [InlineData("{\"body\": \"\\ud800\"} x")]
    [InlineData("{} {}")]
    public void Read_Rubbish_SaysSo(string envelope) => ((Action)(() => Read(envelope))).Should().Throw<MessageFormatException>();

    [Fact]
    public void Read_BeyondTheLimits_IsRefused()
    {
        var options = new WireOptions { MaxHeaderBytes = 20, MaxBodyBytes = 10, MaxDepth = 8 };

        ((Action)(() => Read("{\"headers\": {\"a\": \"0123456789012345\"}}", options))).Should().Throw<MessageFormatException>().WithMessage("*MaxHeaderBytes*");
        ((Action)(() => Read("{\"body\": \"0123456789012345\"}", options))).Should().Throw<MessageFormatException>().WithMessage("*MaxBodyBytes*");
        ((Action)(() => Read($"{{\"headers\": {{\"a\": {new string('[', 10)}{new string(']', 10)}}}}}", options))).Should().Throw<MessageFormatException>();
    }

    private static PlainContent Read(string envelope, WireOptions? options = null) => PlainEnvelope.Read(Encoding.UTF8.GetBytes(envelope), options ?? new WireOptions());
}
