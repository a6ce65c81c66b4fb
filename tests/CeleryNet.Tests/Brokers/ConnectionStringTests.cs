using System.Text.Json;
using CeleryNet.Brokers;

namespace CeleryNet.Tests.Brokers;

public sealed class ConnectionStringTests
{
    [Fact]
    public void ParseAll_Url_IsReadAsKombuReadsIt()
    {
        foreach (var row in JsonElement.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "kombu-urls.json"))).EnumerateArray())
        {
            var text = row.GetProperty("url").GetString()!;

            var url = ConnectionString.ParseAll(text).Should().ContainSingle().Which;

            url.Scheme.Should().Be(Text(row, "scheme"), text);
            url.Host?.ToLowerInvariant().Should().Be(Text(row, "host"), text);
            url.Port.Should().Be(row.GetProperty("port").ValueKind == JsonValueKind.Null ? null : row.GetProperty("port").GetInt32(), text);
            url.User.Should().Be(Text(row, "user"), text);
            url.Password.Should().Be(Text(row, "password"), text);
            (url.Path is "" ? null : url.Path).Should().Be(Text(row, "path"), text);
            url.Query.Should().BeEquivalentTo(row.GetProperty("query").EnumerateObject().ToDictionary(option => option.Name, option => option.Value.GetString()!), text);
        }
    }

    [Fact]
    public void ParseAll_SeveralUrls_AreReadInOrderAndMayOmitTheScheme()
    {
        var urls = ConnectionString.ParseAll("amqp://a:p@one/v; two:5673 ;amqps://three");

        urls.Select(url => url.ToString()).Should().Equal("amqp://a:***@one/v", "amqp://two:5673", "amqps://three");
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("://host")]
    [InlineData("amqp://u:topsecret@h:port/")]
    [InlineData("amqp://u:topsecret@h:0/")]
    [InlineData("amqp://u:topsecret@h:65536/")]
    [InlineData("amqp://u:top/secret@h:x/")]
    [InlineData("redis://h:x/0?password=topsecret")]
    [InlineData(";")]
    public void ParseAll_NotAUrl_SaysSoWithoutThePassword(string text)
    {
        var parse = () => ConnectionString.ParseAll(text);

        parse.Should().Throw<TaskQueueConfigurationException>().Which.Message.Should().NotContain("secret").And.EndWith("]");
    }

    [Fact]
    public void ToString_Always_MasksPasswordAndLeavesOutOptions() =>
        ConnectionString.ParseAll("redis://me:topsecret@[::1]:6380/2?password=topsecret")[0].ToString().Should().Be("redis://me:***@[::1]:6380/2");

    [Theory]
    [InlineData("cannot reach amqp://u:p@ss/w@h:1/v now", "cannot reach amqp://u:***@h:1/v now")]
    [InlineData("redis://:p@h redis://:q@i", "redis://:***@h redis://:***@i")]
    [InlineData("amqp://h?token=abc&x=1", "amqp://h?token=***&x=***")]
    [InlineData("amqp://u@h/v", "amqp://u@h/v")]
    public void Mask_TextWithUrls_HidesThePasswords(string text, string masked) => ConnectionString.Mask(text).Should().Be(masked);

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();
}
