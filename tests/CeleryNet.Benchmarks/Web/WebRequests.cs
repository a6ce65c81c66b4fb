using System.Diagnostics;
using System.Net;
using CeleryNet.Benchmarks.Harness;

namespace CeleryNet.Benchmarks.Web;

/// <summary>500 requests a second to one endpoint, however long each takes; a latency counts from the moment at which the request was due.</summary>
internal sealed class WebRequests : IContender
{
    private const int PerSecond = 500;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(1); // what a request waits for its turn counts as its latency
    private static readonly TimeSpan FreezeAfter = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FreezeFor = TimeSpan.FromSeconds(5);

    private readonly WebServer _server;
    private readonly ChildProcess? _worker;
    private readonly HttpClient _client;
    private readonly string _path;
    private readonly bool _freezes;

    private WebRequests(WebServer server, ChildProcess? worker, string path, bool freezes)
    {
        (_server, _worker, _path, _freezes) = (server, worker, path, freezes);
        _client = new HttpClient { BaseAddress = server.Address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public string Name => _path + (_freezes ? ", broker stopped for 5 s" : "");

    /// <param name="path">Endpoint.</param>
    /// <param name="freezes">Stops Redis for 5 s in the middle; a request waits for it for one second.</param>
    internal static async Task<WebRequests> OpenAsync(string path, bool freezes)
    {
        var server = await WebServer.StartAsync(Servers.Redis, freezes ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(5)).ConfigureAwait(false);
        if (freezes) return new WebRequests(server, null, path, freezes);
        var worker = ChildProcess.StartRole(Roles.BusyWorker); // each endpoint has one beside it
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await worker.ReadyAsync(deadline.Token).ConfigureAwait(false);
        return new WebRequests(server, worker, path, freezes);
    }

    public async Task<Sample> RunAsync(int operations, CancellationToken deadline)
    {
        (await _client.GetAsync(new Uri(_path, UriKind.Relative), deadline).ConfigureAwait(false)).Dispose();
        var freezing = _freezes ? FreezeAsync(deadline) : Task.CompletedTask;
        var requests = new List<Task<(double Milliseconds, bool IsRefused)>>(operations);
        var meter = Meter.Start();
        var start = Stopwatch.GetTimestamp();
        using (var timer = new PeriodicTimer(Beat))
        {
            while (requests.Count < operations && await timer.WaitForNextTickAsync(deadline).ConfigureAwait(false))
            {
                var due = Math.Min(operations, (int)(Stopwatch.GetElapsedTime(start).TotalSeconds * PerSecond));
                while (requests.Count < due) requests.Add(AskAsync(start + (long)((double)requests.Count / PerSecond * Stopwatch.Frequency), deadline));
            }
        }

        var answers = await Task.WhenAll(requests).ConfigureAwait(false);
        await freezing.ConfigureAwait(false);
        if (_freezes && _path == WebServer.Enqueue && !answers.Any(answer => answer.IsRefused)) throw new InvalidOperationException("No request was refused although the broker was stopped.");
        if (!_freezes && answers.Any(answer => answer.IsRefused)) throw new InvalidOperationException($"{answers.Count(answer => answer.IsRefused)} requests were refused.");
        return meter.Stop(operations) with { Latencies = [.. answers.Select(answer => answer.Milliseconds)] };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync().ConfigureAwait(false);
        if (_worker is not null) await _worker.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<(double Milliseconds, bool IsRefused)> AskAsync(long due, CancellationToken deadline)
    {
        using var answer = await _client.GetAsync(new Uri(_path, UriKind.Relative), deadline).ConfigureAwait(false);
        if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable)) throw new InvalidOperationException($"{_path} answered {answer.StatusCode}.");
        return (Stopwatch.GetElapsedTime(due).TotalMilliseconds, answer.StatusCode != HttpStatusCode.OK);
    }

    private static async Task FreezeAsync(CancellationToken deadline)
    {
        await Task.Delay(FreezeAfter, deadline).ConfigureAwait(false);
        await Servers.FreezeAsync(isFrozen: true).ConfigureAwait(false);
        try
        {
            await Task.Delay(FreezeFor, deadline).ConfigureAwait(false);
        }
        finally
        {
            await Servers.FreezeAsync(isFrozen: false).ConfigureAwait(false);
        }
    }
}
