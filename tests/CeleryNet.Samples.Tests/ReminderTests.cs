using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CeleryNet.Contracts;

namespace CeleryNet.Samples.Tests;

public sealed class ReminderTests
{
    [SkippableFact]
    public async Task Reminder_IsMailedAtItsTime_UnlessItIsCancelled()
    {
        var port = Ports.Free();
        await using var mail = await StartMailServerAsync(port);
        await using var sample = Sample.Start("04.Reminders", "--smtp", $"127.0.0.1:{port}", "--urls", "http://127.0.0.1:0");
        using var http = new HttpClient { BaseAddress = await sample.AddressAsync() };
        var start = DateTimeOffset.UtcNow;

        var cancelled = await CreateAsync(http, "never", start.AddSeconds(6));
        var sent = await CreateAsync(http, "call Bob", start.AddSeconds(7)); // due after the other one, which would have been mailed by then
        (await http.DeleteAsync(cancelled)).StatusCode.Should().Be(HttpStatusCode.NoContent);
        await mail.PrintsAsync("call Bob");

        DateTimeOffset.UtcNow.Should().BeOnOrAfter(start.AddSeconds(7));
        await Eventually.IsTrueAsync(async () => await StateAsync(http, sent) == "SUCCESS");
        await Eventually.IsTrueAsync(async () => await StateAsync(http, cancelled) == "REVOKED");
        mail.Printed.Should().Contain("To: ann@example.org").And.Contain("Subject: Reminder").And.NotContain("never");
    }

    [SkippableFact]
    public async Task Reminder_WhenMailServerIsAway_IsRetried()
    {
        var port = Ports.Free();
        await using var sample = Sample.Start("04.Reminders", "--smtp", $"127.0.0.1:{port}", "--urls", "http://127.0.0.1:0");
        using var http = new HttpClient { BaseAddress = await sample.AddressAsync() };
        var reminder = await CreateAsync(http, "call Bob", DateTimeOffset.UtcNow);
        await Eventually.IsTrueAsync(async () => await StateAsync(http, reminder) == "RETRY");

        await using var mail = await StartMailServerAsync(port);

        await mail.PrintsAsync("call Bob");
    }

    [SkippableFact]
    public async Task Digest_WithAnotherScheduleByConfiguration_IsMailed()
    {
        var port = Ports.Free();
        await using var mail = await StartMailServerAsync(port);
        await using var sample = Sample.Start("04.Reminders", "--smtp", $"127.0.0.1:{port}", "--urls", "http://127.0.0.1:0", "--TaskQueue:Beat:Entries:reminders.digest:Every=00:00:01");

        await mail.PrintsAsync("Subject: Weekly digest");
        await mail.PrintsAsync("^1 mails were sent"); // the second one counts the first
    }

    private static async Task<Sample> StartMailServerAsync(int port)
    {
        Installed.RequirePython("aiosmtpd");
        var server = Sample.Run("/usr/bin/python3", "-m", "aiosmtpd", "-n", "-l", $"127.0.0.1:{port}");
        await Eventually.IsTrueAsync(() => AnswersAsync(port), TimeSpan.FromSeconds(30));
        return server;
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        using var client = new System.Net.Sockets.TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false; // not there yet
        }
    }

    private static async Task<Uri> CreateAsync(HttpClient http, string text, DateTimeOffset at)
    {
        using var response = await http.PostAsJsonAsync(new Uri("/reminders", UriKind.Relative), new { to = "ann@example.org", text, at });
        response.StatusCode.Should().Be(HttpStatusCode.Created);
        return response.Headers.Location!; // 201 has one
    }

    private static async Task<string?> StateAsync(HttpClient http, Uri reminder) => (await http.GetFromJsonAsync<JsonElement>(reminder)).GetProperty("state").GetString();
}
