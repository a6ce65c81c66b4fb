using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using CeleryNet.Contracts;

namespace CeleryNet.Samples.Tests.WebApi;

public sealed class WebApiTests(WebApiApp app) : IClassFixture<WebApiApp>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("celerynet-webapi-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Report_Enqueued_AnswersWithAddressOfTheSameResultAsInline()
    {
        using var accepted = await app.Http.PostAsync(new Uri("/reports/2025", UriKind.Relative), null);
        var status = await WebApiApp.EndOfAsync(app.Http, accepted);
        using var inline = await app.Http.PostAsync(new Uri("/inline/reports/2025", UriKind.Relative), null);

        accepted.StatusCode.Should().Be(HttpStatusCode.Accepted);
        var rows = status.GetProperty("value").EnumerateArray().Select(row => row.GetRawText()).ToList();
        rows.Should().HaveCount(12 * 8, "there are eight categories in each month");
        rows.Should().Equal((await inline.Content.ReadFromJsonAsync<JsonElement>()).EnumerateArray().Select(row => row.GetRawText()));
    }

    [SkippableFact]
    public async Task Page_InChromium_ShowsProgressAndBothResults()
    {
        await using var chromium = await Chromium.StartAsync();
        var picture = await WebApiApp.MakePictureAsync(_folder);
        await chromium.OpenAsync(app.Http.BaseAddress!);
        await chromium.EvaluateAsync("""
            window.seen = [];
            new MutationObserver(() => {
              const item = document.querySelector('#tasks li');
              seen.push({ state: item.querySelector('span').textContent, done: item.querySelector('progress').value });
            }).observe(document.getElementById('tasks'), { subtree: true, childList: true, attributes: true, characterData: true });
            """);

        await chromium.EvaluateAsync("document.getElementById('report').click()");
        await chromium.WaitForAsync("document.querySelectorAll('#tasks li:first-child tr').length === 8");
        await chromium.ChooseFileAsync("#image", picture);
        await chromium.WaitForAsync("document.querySelector('#tasks img')?.naturalWidth === 256");

        var seen = (await chromium.EvaluateAsync("seen"))!.AsArray();
        seen.Should().Contain(entry => (string?)entry!["state"] == "PROGRESS" && (double)entry["done"]! > 0 && (double)entry["done"]! < 1);
        ((string?)await chromium.EvaluateAsync("[...document.querySelectorAll('#tasks span')].map(state => state.textContent).join()")).Should().Be("SUCCESS,SUCCESS");
        new FileInfo(await chromium.KeepScreenshotAsync("02.WebApi")).Length.Should().BePositive();
    }

    [Fact]
    public async Task Thumbnail_OfWhatIsNoImage_IsRefusedAtOnce()
    {
        using var response = await app.Http.PostAsync(new Uri("/thumbnails", UriKind.Relative), new StringContent("push graphic-context"));

        response.StatusCode.Should().Be(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Thumbnail_OfABrokenImage_FailsWithTheWordsOfImageMagick()
    {
        using var accepted = await app.Http.PostAsync(new Uri("/thumbnails", UriKind.Relative), new ByteArrayContent([0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3, 4, 5, 6]));

        var status = await WebApiApp.EndOfAsync(app.Http, accepted);

        status.GetProperty("state").GetString().Should().Be("FAILURE");
        status.GetProperty("error").GetString().Should().StartWith("ImageMagick refused ").And.Contain("jpeg");
    }

    [Fact]
    public async Task Thumbnail_WithoutImageMagick_SaysWhatToInstall()
    {
        await using var sample = WebApiApp.StartSample(_folder, "--convert", "/nowhere/convert");
        using var http = new HttpClient { BaseAddress = await sample.AddressAsync() };
        using var accepted = await http.PostAsync(new Uri("/thumbnails", UriKind.Relative), new ByteArrayContent([0x89, .. "PNG\r\n\x1A\n"u8]));

        var status = await WebApiApp.EndOfAsync(http, accepted);

        status.GetProperty("error").GetString().Should().Contain("'/nowhere/convert' cannot be started").And.Contain("apt-get install imagemagick").And.Contain("--convert");
    }

    [SkippableFact]
    public async Task Report_OverRedis_IsMadeByAnotherProcess()
    {
        var redis = Regex.Replace(TestServers.Redis, "/[0-9]*$", "/12"); // the sample's queue has the usual name
        await using var worker = WebApiApp.StartSample(_folder, "--broker", redis, "--worker");
        await using var sample = WebApiApp.StartSample(_folder, "--broker", redis);
        using var http = new HttpClient { BaseAddress = await sample.AddressAsync() };
        using var accepted = await http.PostAsync(new Uri("/reports/2025", UriKind.Relative), null);

        var status = await WebApiApp.EndOfAsync(http, accepted);

        status.GetProperty("value").GetArrayLength().Should().Be(12 * 8);
        (await worker.AddressAsync()).Should().NotBe(http.BaseAddress);
    }

    [Fact]
    public async Task Load_PrintsBothLatencies_EnqueueingIsTheFasterOne()
    {
        await using var sample = WebApiApp.StartSample(_folder, "--load");

        var printed = await sample.EndAsync(TimeSpan.FromMinutes(4));

        P99("202 and a task").Should().BeLessThan(P99("inside the request"));

        double P99(string name) => double.Parse(Regex.Match(printed, $@"{name} .*p99 +([0-9.]+) ms").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
    }
}
