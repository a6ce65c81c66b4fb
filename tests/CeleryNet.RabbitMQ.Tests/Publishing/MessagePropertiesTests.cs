using CeleryNet.Brokers;
using CeleryNet.Contracts;
using CeleryNet.Messages;
using CeleryNet.RabbitMQ.Publishing;
using RabbitMQ.Client;

namespace CeleryNet.RabbitMQ.Tests.Publishing;

/// <summary>The property bytes on the wire against those that Python Celery 5.2.6 wrote, as the broker handed them out by basic.get.</summary>
public sealed class MessagePropertiesTests
{
    private const string Plain =
        "/gAQYXBwbGljYXRpb24vanNvbgV1dGYtOAAAAR4EbGFuZ1MAAAACcHkEdGFza1MAAAAJdGFza3MuYWRkAmlkUwAAACQwYjk4M2ZhZi1hNWIyLTQzM2QtODU4Yy0zNDViZWI3MTczZGMGc2hhZG93VgNldGFWB2V4cGlyZXNWBWdyb3VwVgtncm91cF9pbmRleFYHcmV0cmllc0kAAAAACXRpbWVsaW1pdEEAAAACVlYHcm9vdF9pZFMAAAAkMGI5ODNmYWYtYTViMi00MzNkLTg1OGMtMzQ1YmViNzE3M2RjCXBhcmVudF9pZFYIYXJnc3JlcHJTAAAABigyLCAzKQprd2FyZ3NyZXByUwAAAAJ7fQZvcmlnaW5TAAAADWdlbjEzMDc3QGhvc3QNaWdub3JlX3Jlc3VsdHQAAgAkMGI5ODNmYWYtYTViMi00MzNkLTg1OGMtMzQ1YmViNzE3M2RjJDVhMzczOTA5LTNjZjMtM2Y1MC1iZWMxLTJiZWUzOWE5ZTVhNw==";

    private const string CustomHeaders =
        "/gAQYXBwbGljYXRpb24vanNvbgV1dGYtOAAAAU8EbGFuZ1MAAAACcHkEdGFza1MAAAAJdGFza3MuYWRkAmlkUwAAACRlZmExNzk5My03OWU4LTRlNTktODNlYy1iM2I3NDk2YmMyNmMGc2hhZG93VgNldGFWB2V4cGlyZXNWBWdyb3VwVgtncm91cF9pbmRleFYHcmV0cmllc0kAAAAACXRpbWVsaW1pdEEAAAACVlYHcm9vdF9pZFMAAAAkZWZhMTc5OTMtNzllOC00ZTU5LTgzZWMtYjNiNzQ5NmJjMjZjCXBhcmVudF9pZFYIYXJnc3JlcHJTAAAABigyLCAzKQprd2FyZ3NyZXByUwAAAAJ7fQZvcmlnaW5TAAAADWdlbjEzMDc3QGhvc3QNaWdub3JlX3Jlc3VsdHQAAW5JAAAABwFmZD/4AAAAAAAABm5lc3RlZEYAAAATAWFBAAAADEkAAAABVlMAAAABYgIAJGVmYTE3OTkzLTc5ZTgtNGU1OS04M2VjLWIzYjc0OTZiYzI2YyQ1YTM3MzkwOS0zY2YzLTNmNTAtYmVjMS0yYmVlMzlhOWU1YTc=";

    private const string EtaExpiresPriority =
        "/wAQYXBwbGljYXRpb24vanNvbgV1dGYtOAAAAWYEbGFuZ1MAAAACcHkEdGFza1MAAAAJdGFza3MuYWRkAmlkUwAAACQxMzViZjkyNS1hNjVmLTQ5NDQtOGQxYS0xOTNiODRmMGE4ZjcGc2hhZG93VgNldGFTAAAAIDIwMjYtMTEtMjJUMDk6NDI6NDUuMjcxMDI3KzAwOjAwB2V4cGlyZXNTAAAAIDIwMjYtMTEtMjJUMDk6NDM6NDUuMjcxMDI3KzAwOjAwBWdyb3VwVgtncm91cF9pbmRleFYHcmV0cmllc0kAAAAACXRpbWVsaW1pdEEAAAACVlYHcm9vdF9pZFMAAAAkMTM1YmY5MjUtYTY1Zi00OTQ0LThkMWEtMTkzYjg0ZjBhOGY3CXBhcmVudF9pZFYIYXJnc3JlcHJTAAAABigyLCAzKQprd2FyZ3NyZXByUwAAAAJ7fQZvcmlnaW5TAAAADWdlbjEzMDc3QGhvc3QNaWdub3JlX3Jlc3VsdHQAAgUkMTM1YmY5MjUtYTY1Zi00OTQ0LThkMWEtMTkzYjg0ZjBhOGY3JDVhMzczOTA5LTNjZjMtM2Y1MC1iZWMxLTJiZWUzOWE5ZTVhNwYxMjAwMDA=";

    [Theory]
    [InlineData(nameof(Plain))]
    [InlineData(nameof(CustomHeaders))]
    [InlineData(nameof(EtaExpiresPriority))]
    public void Write_MessageOfPython_GivesItsBytes(string name)
    {
        var (golden, message) = Case(name);
        var properties = MessageProperties.Of(message);

        var bytes = new byte[4096];
        var length = ((IAmqpWriteable)properties).WriteTo(bytes);

        Convert.ToBase64String(bytes.AsSpan(0, length)).Should().Be(golden);
    }

    [Fact]
    public void RequiredBufferSize_EveryKindOfHeader_IsWhatIsWritten()
    {
        IAmqpWriteable properties = MessageProperties.Of(TestMessages.Full());

        var length = properties.WriteTo(new byte[8192]);

        properties.GetRequiredBufferSize().Should().Be(length);
    }

    [SkippableFact]
    public async Task Publish_AnyMessage_HasNoPropertyOfTheClientLibrary()
    {
        var queue = new QueueDefinition($"tests-{Guid.NewGuid():N}");
        await using var server = await RawServer.ConnectAsync();
        await using (var broker = TestBrokers.Create()) await broker.PublishAsync(TestMessages.New(), Route.To(queue), CancellationToken.None).Within();

        var got = (await server.Channel.BasicGetAsync(queue.Name, autoAck: true))!;
        await RawServer.DeleteAsync([queue.Name]);

        // That a priority of 0 is really there is looked at with Python, see PythonPeerTests: this client shows an absent one as 0 too.
        got.BasicProperties.Headers.Should().NotContainKey("x-dotnet-pub-seq-no");
        got.BasicProperties.ReplyTo.Should().BeEmpty();
        got.BasicProperties.Should().BeEquivalentTo(
            new { ContentType = "application/json", ContentEncoding = "utf-8", DeliveryMode = DeliveryModes.Persistent, MessageId = (string?)null, Type = (string?)null, AppId = (string?)null, UserId = (string?)null });
        got.BasicProperties.IsTimestampPresent().Should().BeFalse();
    }

    [Theory]
    [InlineData(300)]
    [InlineData(200_000)]
    public void Of_MoreThanAmqpCarries_SaysSo(int length)
    {
        var message = TestMessages.New();
        if (length < 1000) message.CorrelationId = new string('x', length);
        else message.CustomHeaders = new Dictionary<string, object?> { ["large"] = new string('x', length) };

        var make = () => MessageProperties.Of(message);

        make.Should().Throw<ArgumentException>().WithMessage($"*{(length < 1000 ? "255" : "122880")}*");
    }

    private static (string Golden, TaskMessage Message) Case(string name)
    {
        var id = name switch
        {
            nameof(Plain) => "0b983faf-a5b2-433d-858c-345beb7173dc",
            nameof(CustomHeaders) => "efa17993-79e8-4e59-83ec-b3b7496bc26c",
            _ => "135bf925-a65f-4944-8d1a-193b84f0a8f7",
        };
        var message = new TaskMessage
        {
            Language = "py",
            TaskName = "tasks.add",
            Id = id,
            RootId = id,
            CorrelationId = id,
            ArgsRepr = "(2, 3)",
            KwargsRepr = "{}",
            Origin = "gen13077@host",
            ReplyTo = "5a373909-3cf3-3f50-bec1-2bee39a9e5a7",
            ContentType = TaskMessage.JsonContentType,
            ContentEncoding = TaskMessage.Utf8ContentEncoding,
        };
        switch (name)
        {
            case nameof(Plain): return (Plain, message);
            case nameof(CustomHeaders):
                message.CustomHeaders = new Dictionary<string, object?>
                {
                    ["n"] = 7L,
                    ["f"] = 1.5,
                    ["nested"] = new Dictionary<string, object?> { ["a"] = new List<object?> { 1L, null, "b" } },
                };
                return (CustomHeaders, message);
            default:
                var eta = new DateTimeOffset(2026, 11, 22, 9, 42, 45, TimeSpan.Zero).AddMicroseconds(271_027);
                message.Eta = eta;
                message.Expires = eta.AddMinutes(1);
                message.Priority = 5;
                message.Expiration = TimeSpan.FromMinutes(2);
                return (EtaExpiresPriority, message);
        }
    }
}
