using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using CeleryNet.Contracts;

namespace CeleryNet.Samples.Tests;

public sealed class MonitoringTests
{
    [Fact]
    public async Task Order_IsSeenInTraceMetricsHealthAndEvents()
    {
        await using var sample = Sample.Start("06.Monitoring", "--urls", "http://127.0.0.1:0");
        using var http = new HttpClient { BaseAddress = await sample.AddressAsync() };
        await sample.PrintsAsync("^event worker-"); // now it listens

        using var accepted = await http.PostAsync(new Uri("/orders/7", UriKind.Relative), null);
        var id = (await accepted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();

        await sample.PrintsAsync($"^event task-succeeded {id}");
        await sample.PrintsAsync("^Metric Name: messaging.process.duration");
        (await http.GetStringAsync(new Uri("/health", UriKind.Relative))).Should().Be("Healthy");
        await Eventually.IsTrueAsync(() => TraceOf(sample.Printed, "POST /orders") is { } trace && RunsOf(sample.Printed, trace).Order().SequenceEqual(["orders.accept", "orders.bill"]));
    }

    private static string? TraceOf(string printed, string name) => Spans(printed).FirstOrDefault(span => Regex.IsMatch(span, $@"Activity\.DisplayName: +{name}")) is { } span ? TraceOf(span) : null;

    private static IEnumerable<string> RunsOf(string printed, string trace) => Spans(printed)
        .Where(span => TraceOf(span) == trace && Regex.IsMatch(span, @"Activity\.Kind: +Consumer"))
        .Select(span => Regex.Match(span, "celerynet.task.name: (.*)").Groups[1].Value);

    private static string TraceOf(string span) => Regex.Match(span, "^ +([0-9a-f]{32})").Groups[1].Value;

    private static IEnumerable<string> Spans(string printed) => printed.Split("Activity.TraceId:").Skip(1);
}
