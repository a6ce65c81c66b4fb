using System.Net;
using System.Net.Sockets;
using CeleryNet.Contracts;

namespace CeleryNet.Sql.Tests;

/// <content>PostgreSQL.</content>
public sealed partial class FirstHourTests
{
    private const string CheckUser = "Check user and password of the address.";

    // Whoever may come back is waited for; all else is said at once.
    private static readonly TimeSpan OfNobody = TimeSpan.FromSeconds(2);

    private static Uri Server => new(TestServers.Postgres);

    [SkippableFact]
    public async Task Postgres_NoServer()
    {
        using var nobody = new TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var port = ((IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();

        await PostgresSaysAsync(url => url.Port = port, "nothing answers there. Check that the server runs, and host and port of the address.", OfNobody);
    }

    [SkippableFact]
    public Task Postgres_UnknownHost() => PostgresSaysAsync(url => url.Host = "nowhere.invalid", "nobody knows the name of the host. Check that the server runs, and host and port of the address.", OfNobody);

    [SkippableFact]
    public Task Postgres_OtherServer() => PostgresSaysAsync(url => url.Port = new Uri(TestServers.Redis).Port, "it did not answer in time. Check the database and its address.", OfNobody);

    [SkippableFact]
    public Task Postgres_WrongPassword() => PostgresSaysAsync(url => url.Password = "sesame", $"the server refuses the password of this user, or does not know the user. {CheckUser}");

    [SkippableFact]
    public Task Postgres_PasswordMissing() => PostgresSaysAsync(url => url.Password = "", $"the server wants a password, and the address has none. {CheckUser}");

    [SkippableFact]
    public Task Postgres_UnknownUser() => PostgresSaysAsync(url => url.UserName = "nobody", $"the server refuses the password of this user, or does not know the user. {CheckUser}");

    [SkippableFact]
    public Task Postgres_UnknownDatabase() => PostgresSaysAsync(url => url.Path = "nowhere", "database \"nowhere\" does not exist. Create the database, or correct its name in the address.");

    [SkippableFact]
    public async Task Postgres_NoRightToMakeTheTables()
    {
        var role = schema.NewName();
        await schema.ExecuteAsync($"create role {role} login password 'sesame'");
        try
        {
            await PostgresSaysAsync(
                url => (url.UserName, url.Password) = (role, "sesame"),
                "permission denied for database postgres. Grant the user CREATE on the database, or run the script that SqlSchema prints and set Sql.ManagesSchema to false.");
        }
        finally
        {
            await schema.ExecuteAsync($"drop role {role}");
        }
    }

    private async Task PostgresSaysAsync(Action<UriBuilder> change, string reason, TimeSpan? patience = null)
    {
        var url = new UriBuilder(Server) { Query = $"schema={schema.NewName()}" };
        change(url);

        await SaysAsync(url.Uri.AbsoluteUri, $"PostgreSQL at postgresql://{url.UserName}@{url.Host}:{url.Port}/{url.Path.Trim('/')}", reason, patience ?? TimeSpan.FromSeconds(20));
    }
}
