using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using CeleryNet.Contracts;

namespace CeleryNet.Packages.Tests;

/// <summary>The templates as a user gets them: installed from the package, instantiated, built against the packages, run.</summary>
[Collection(PackageFeed.Collection)]
public sealed class TemplateTests(PackageFeed feed)
{
    [SkippableFact]
    public async Task Worker_OfTheTemplate_AnswersPython()
    {
        var redis = Regex.Replace(TestServers.Redis, "/[0-9]*$", "/8"); // its queue has the usual name
        var folder = await InstantiateAsync("celerynet-worker", "Shop.Worker", "--broker", redis, "--results", redis);
        await using var worker = new RunningProgram(folder, Path.Combine("bin", "Debug", "net10.0", "Shop.Worker.dll"));

        var script = $"from celery import Celery; print(Celery(broker='{redis}', backend='{redis}').send_task('greetings.hello', ['Ann']).get(timeout=30))";
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", script]) { RedirectStandardOutput = true })!;
        var printed = await python.StandardOutput.ReadToEndAsync().Within(TimeSpan.FromSeconds(60));

        printed.Trim().Should().Be("Hello Ann");
    }

    [Fact]
    public async Task WebApi_OfTheTemplate_AnswersWithStatusAndResult()
    {
        var folder = await InstantiateAsync("celerynet-webapi", "Shop");
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        await using var api = new RunningProgram(folder, Path.Combine("bin", "Debug", "net10.0", "Shop.dll"), "--urls", address.ToString());
        using var http = new HttpClient { BaseAddress = address };
        await Eventually.IsTrueAsync(() => IsHealthyAsync(http), TimeSpan.FromSeconds(30));

        using var accepted = await http.PostAsync(new Uri("/reports/2025", UriKind.Relative), null);
        var status = default(JsonElement);
        await Eventually.IsTrueAsync(async () => (status = await http.GetFromJsonAsync<JsonElement>(accepted.Headers.Location)).GetProperty("state").GetString() == "SUCCESS", TimeSpan.FromSeconds(30));

        accepted.StatusCode.Should().Be(HttpStatusCode.Accepted);
        status.GetProperty("value").GetString().Should().Be("report of 2025");
    }

    private async Task<string> InstantiateAsync(string template, string name, params string[] options)
    {
        var (hive, folder) = (feed.CreateFolder($"hive-{name}"), feed.CreateFolder(name)); // the user's own templates stay as they are
        await Dotnet.RunAsync(folder, "new", "install", feed.Find("CeleryNet.Templates"), "--debug:custom-hive", hive);
        await Dotnet.RunAsync(folder, ["new", template, "-n", name, "-o", ".", "--debug:custom-hive", hive, "--no-update-check", .. options]);
        await feed.RestoreAsync(folder);
        await Dotnet.RunAsync(folder, "build", "--no-restore", "-warnaserror", "-v", "q", "--nologo");
        return folder;
    }

    private static async Task<bool> IsHealthyAsync(HttpClient http)
    {
        try
        {
            return await http.GetStringAsync(new Uri("/health", UriKind.Relative)) == "Healthy";
        }
        catch (HttpRequestException)
        {
            return false; // not there yet
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
