using System.Text;
using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

public sealed class HeaderReaderTests
{
    [Theory]
    [InlineData("""{"lang":"py","task":"t","id":"i","root_id":"r","argsrepr":"()","kwargsrepr":"{}","origin":"o","retries":2,"stamps":{}}""")]
    [InlineData("""{"stamps":{},"retries":2,"origin":"o","kwargsrepr":"{}","argsrepr":"()","root_id":"r","id":"i","task":"t","lang":"py"}""")]
    public void Read_HeadersInAnyOrder_FindsEach(string headers)
    {
        var envelope = Encoding.UTF8.GetBytes($$$"""{"body":"W10=","headers":{{{headers}}},"properties":{"body_encoding":"base64"}}""");

        var message = Envelope.Read(envelope, new WireOptions()).Message;

        message.Problem.Should().BeNull();
        (message.Language, message.TaskName, message.Id, message.RootId, message.Retries).Should().Be(("py", "t", "i", "r", 2));
        (message.ArgsRepr, message.KwargsRepr, message.Origin, message.Stamps).Should().Be(("()", "{}", "o", null));
        message.CustomHeaders.Should().BeNull();
    }

    [Fact]
    public void Read_StampsWithContent_KeepsThem()
    {
        var envelope = """{"body":"W10=","headers":{"task":"t","id":"i","stamps":{"a":1}},"properties":{}}"""u8.ToArray();

        Envelope.Read(envelope, new WireOptions()).Message.Stamps.Should().ContainKey("a").WhoseValue.Should().Be(1L);
    }
}
