using System.Diagnostics;
using CeleryNet;

namespace WebApi;

/// <summary>The same reports asked for both ways, at the same pace, whether or not the answers come: 8 a second for 5 seconds, which is more than most machines make of them.</summary>
internal static class LoadTest
{
    private const int RequestsPerSecond = 8;
    private const int Requests = 5 * RequestsPerSecond;

    public static async Task RunAsync(string address, ITaskQueues queues, TextWriter output)
    {
        using var client = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(5) };
        foreach (var path in new[] { "/reports/2025", "/inline/reports/2025" }) await AskAsync(client, path); // what only the first request pays

        await output.WriteLineAsync($"{RequestsPerSecond} requests a second, {Requests} in all, a report each:");
        await MeasureAsync(client, "202 and a task", "/reports/2025", output);
        await queues.PurgeAsync("celery", expected: Requests + 1); // what waits would only slow down what comes now
        await MeasureAsync(client, "inside the request", "/inline/reports/2025", output);
    }

    private static async Task MeasureAsync(HttpClient client, string name, string path, TextWriter output)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / RequestsPerSecond));
        var asked = new List<Task<TimeSpan>>();
        do asked.Add(AskAsync(client, path));
        while (asked.Count < Requests && await pace.WaitForNextTickAsync());

        var latencies = (await Task.WhenAll(asked)).Order().ToArray();
        await output.WriteLineAsync($"{name,-20} p50 {At(0.5),9:F1} ms   p99 {At(0.99),9:F1} ms   max {At(1),9:F1} ms");

        double At(double part) => latencies[(int)Math.Ceiling(part * latencies.Length) - 1].TotalMilliseconds;
    }

    private static async Task<TimeSpan> AskAsync(HttpClient client, string path)
    {
        var start = Stopwatch.GetTimestamp();
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), null);
        response.EnsureSuccessStatusCode();
        return Stopwatch.GetElapsedTime(start);
    }
}
