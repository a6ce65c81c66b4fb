namespace CeleryNet.Sql.Tests;

/// <summary>What Npgsql is told besides what the address says.</summary>
public sealed class SqlUrlTests
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(4);

    [Theory]
    [InlineData("postgresql://user:secret@host/shop")]
    [InlineData("Host=host;Username=user;Password=secret;Database=shop")]
    public void Postgres_PlainAddress_HasSettingsForAQueue(string address)
    {
        var builder = SqlUrl.Postgres(address, new SqlOptions(), ConnectTimeout);

        builder.Timeout.Should().Be(4, "the default of 15 s would outlast a publish");
        builder.KeepAlive.Should().Be(10, "a connection that listens must notice that its server is gone");
        builder.MaxAutoPrepare.Should().Be(40, "the statements of the hot path are always the same");
        builder.ApplicationName.Should().Be("celerynet");
    }

    [Theory]
    [InlineData("postgresql://user:secret@host/shop?timeout=9&keepalive=3&max%20auto%20prepare=7&application%20name=shop")]
    [InlineData("Host=host;Username=user;Timeout=9;Keepalive=3;Max Auto Prepare=7;Application Name=shop")]
    public void Postgres_AddressWithSettings_KeepsThem(string address)
    {
        var builder = SqlUrl.Postgres(address, new SqlOptions(), ConnectTimeout);

        (builder.Timeout, builder.KeepAlive, builder.MaxAutoPrepare, builder.ApplicationName).Should().Be((9, 3, 7, "shop"));
    }
}
