using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using CeleryNet.Contracts;

namespace CeleryNet.Samples.Tests;

/// <summary>Debian's Chromium with one page, steered by its own DevTools protocol.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";

    private readonly string _profile;
    private readonly Sample _process;
    private readonly ClientWebSocket _socket = new();
    private int _id;

    private Chromium(string profile, Sample process)
    {
        _profile = profile;
        _process = process;
    }

    /// <summary>Starts it without a window.</summary>
    /// <exception cref="SkipException">It is not installed, and this is not CI.</exception>
    public static async Task<Chromium> StartAsync()
    {
        if (!File.Exists(Program))
        {
            if (Environment.GetEnvironmentVariable("CI") == "true") throw new InvalidOperationException($"{Program} is missing: apt-get install chromium.");
            throw new SkipException($"{Program} is missing.");
        }

        var profile = Directory.CreateTempSubdirectory("celerynet-chromium-").FullName;
        // No sandbox: Chromium refuses it to root, and only pages of this repository are opened.
        var process = Sample.Run(
            Program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run", "--remote-debugging-port=0", $"--user-data-dir={profile}",
            "--window-size=900,900", "about:blank");
        var chromium = new Chromium(profile, process);
        var browser = new Uri((await process.PrintsAsync(@"DevTools listening on (ws://\S+)")).Groups[1].Value);
        using var http = new HttpClient();
        var pages = JsonNode.Parse(await http.GetStringAsync(new Uri($"http://{browser.Authority}/json/list")))!.AsArray();
        await chromium._socket.ConnectAsync(new Uri(pages.First(page => (string?)page!["type"] == "page")!["webSocketDebuggerUrl"]!.GetValue<string>()), CancellationToken.None);
        return chromium;
    }

    /// <summary>Opens an address and waits until the page is there.</summary>
    public async Task OpenAsync(Uri address)
    {
        await CallAsync("Page.navigate", new() { ["url"] = address.ToString() });
        await WaitForAsync($"location.href.startsWith('{address}') && document.readyState === 'complete'");
    }

    /// <summary>Evaluates JavaScript in the page.</summary>
    public async Task<JsonNode?> EvaluateAsync(string script)
    {
        var answer = await CallAsync("Runtime.evaluate", new() { ["expression"] = script, ["returnByValue"] = true, ["awaitPromise"] = true });
        if (answer["exceptionDetails"] is { } error) throw new InvalidOperationException($"The page threw at '{script}': {error.ToJsonString()}");
        return answer["result"]?["value"]?.DeepClone();
    }

    /// <summary>Waits until an expression of the page is true; the page sends no signal of its own.</summary>
    public Task WaitForAsync(string condition) => Eventually.IsTrueAsync(async () => (await EvaluateAsync($"!!({condition})"))!.GetValue<bool>(), TimeSpan.FromSeconds(60), condition);

    /// <summary>Chooses a file, as a user does in the dialog.</summary>
    public async Task ChooseFileAsync(string selector, string path)
    {
        var input = await CallAsync("Runtime.evaluate", new() { ["expression"] = $"document.querySelector('{selector}')" });
        await CallAsync("DOM.setFileInputFiles", new() { ["files"] = new JsonArray(path), ["objectId"] = input["result"]!["objectId"]!.GetValue<string>() });
    }

    /// <summary>Keeps a picture of the page beside the tests' output and gives its path.</summary>
    public async Task<string> KeepScreenshotAsync(string name)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName, $"{name}.png");
        await File.WriteAllBytesAsync(path, (await CallAsync("Page.captureScreenshot", new() { ["format"] = "png" }))["data"]!.GetValue<string>() is { } data ? Convert.FromBase64String(data) : []);
        return path;
    }

    /// <summary>Ends it and removes its profile.</summary>
    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _process.DisposeAsync();
        Directory.Delete(_profile, recursive: true);
    }

    // One call at a time; what the page tells in between is not asked for.
    private async Task<JsonNode> CallAsync(string method, JsonObject parameters)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var id = ++_id;
        var call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(call), WebSocketMessageType.Text, true, limit.Token);
        while (true)
        {
            using var message = new MemoryStream();
            var buffer = new byte[64 * 1024];
            ValueWebSocketReceiveResult part;
            do
            {
                part = await _socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
                message.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);

            var answer = JsonNode.Parse(message.ToArray())!;
            if ((int?)answer["id"] != id) continue;
            return answer["result"] ?? throw new InvalidOperationException($"Chromium refused {method}: {answer["error"]}");
        }
    }
}
