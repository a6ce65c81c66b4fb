using System.Text;
using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tests.Client.Doubles;
using Microsoft.Extensions.DependencyInjection;
using static CeleryNet.Canvas;

namespace CeleryNet.Tests.Signatures;

/// <summary>What the client sends for a canvas against what Python Celery sent for the same one: body, group, and the ids where they are equal to each other.</summary>
public sealed class CanvasGoldenTests
{
    public static TheoryData<string, int, Signature> Canvases => new()
    {
        { "c526/chain-3", 0, Py.Add(2, 3) | Py.Add(Prev, 4) | Py.Mul(Prev, 5) },
        { "c526/chain-link-error", 0, (Py.Add(2, 3) | Py.Add(Prev, 4)).LinkError(Py.OnError(Prev)) },
        { "c526/chain-with-chord", 0, Py.Add(1, 1) | Group(Py.Add(Prev, 2), Py.Add(Prev, 3)) | Py.Sum(Prev) | Py.Add(Prev, 10) },
        { "c526/chain-group-upgraded", 0, Py.Add(1, 1) | Group(Py.Add(Prev, 2), Py.Add(Prev, 3)) | Py.Sum(Prev) },
        { "c526/chain-group-last", 0, Py.Add(1, 1) | Group(Py.Add(Prev, 2), Py.Add(Prev, 3)) },
        { "c526/chord-2-1", 0, Group(Py.Add(1, 1), Py.Add(2, 2)) | Py.Sum(Prev) },
        { "c526/chord-2-2", 1, Group(Py.Add(1, 1), Py.Add(2, 2)) | Py.Sum(Prev) },
        { "c526/chord-of-one", 0, Group(Py.Add(1, 1)) | Py.Sum(Prev) },
        { "c526/chain-group-first-1", 0, Group(Py.Add(1, 1), Py.Add(2, 2)) | Py.Sum(Prev) },
        { "c526/chord-body-chain-1", 0, Group(Py.Add(1, 1), Py.Add(2, 2)) | Py.Sum(Prev) | Py.Add(Prev, 1) },
        { "c526/chord-body-group-1", 0, Group(Py.Add(1, 1), Py.Add(2, 2)) | Group(Py.Sum(Prev), Py.Echo(Prev)) },
        { "c526/chord-header-chains-1", 0, Group(Py.Add(1, 1) | Py.Add(Prev, 2), Py.Add(3, 3) | Py.Add(Prev, 4)) | Py.Sum(Prev) },
        { "c526/chord-link-error-1", 0, (Group(Py.Add(1, 1), Py.Add(2, 2)) | Py.Sum(Prev)).LinkError(Py.OnError(Prev)) },
        { "c526/group-2-2", 1, Group(Py.Add(1, 1), Py.Add(2, 2)) },
        { "c526/map", 0, Map([Py.Call("tasks.xsum", new[] { 1, 2 }), Py.Call("tasks.xsum", new[] { 3, 4 })]) },
        { "c526/chunks-1", 0, Chunks([Py.Add(1, 1), Py.Add(2, 2), Py.Add(3, 3), Py.Add(4, 4)], 2) },
        { "c563/stamped-chain", 0, (Py.Add(2, 3) | Py.Add(Prev, 4)).Stamp("trace", "tr-9") },
        { "c563/stamped-link", 0, Py.Add(2, 3).Link(Py.OnOk(Prev)).Stamp("trace", "tr-9") },
        { "c563/stamped", 0, Py.Add(2, 3).Stamp("monitoring_id", "m-1").Stamp("tenant", new[] { "t1", "t2" }) },
    };

    [Theory]
    [MemberData(nameof(Canvases))]
    public async Task Enqueue_OfACanvas_SendsWhatPythonSends(string file, int index, Signature canvas)
    {
        await using var host = new ClientHost(queue => queue.UseResults(_ => new CeleryNet.Results.Memory.MemoryResultBackend(TimeProvider.System)));
        var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", file.Split('/')[0], "messages", $"{file.Split('/')[1]}.json"))).RootElement.GetProperty("message");

        await SendAsync(host.Client, canvas);

        AssertEqual(host.Broker.Published[index], golden);
    }

    private static Task SendAsync(ITaskClient client, Signature canvas) => canvas switch
    {
        GroupSignature<int> group => client.EnqueueAsync(group),
        GroupSignature<IReadOnlyList<int>> group => client.EnqueueAsync(group),
        _ => client.EnqueueAsync(canvas),
    };

    private static void AssertEqual(OutgoingMessage sent, JsonElement golden)
    {
        var message = sent.Message;
        var headers = golden.GetProperty("headers");
        Canonical(message.Id!, message.GroupId, message.RootId, message.ParentId, Encoding.UTF8.GetString(message.Body.Span)).Should().Be(Canonical(
            headers.GetProperty("id").GetString()!, headers.GetProperty("group").GetString(), headers.GetProperty("root_id").GetString(), headers.GetProperty("parent_id").GetString(),
            golden.GetProperty("body_text").GetString()!));
        if (headers.GetProperty("group_index").ValueKind == JsonValueKind.Number) message.GroupIndex.Should().Be(headers.GetProperty("group_index").GetInt32());
        message.TaskName.Should().Be(headers.GetProperty("task").GetString());
        if (!headers.TryGetProperty("stamps", out var stamps) || stamps.EnumerateObject().FirstOrDefault().Name is null) return;
        message.StampedHeaders.Should().BeEquivalentTo(headers.GetProperty("stamped_headers").EnumerateArray().Select(name => name.GetString()));
        JsonSerializer.Serialize(message.Stamps).Should().Be(stamps.GetRawText().Replace(": ", ":").Replace(", ", ","));
    }

    // The reply queue is Python's own; members of chains have no group index in 5.2.
    private static string Canonical(string id, string? group, string? root, string? parent, string body)
    {
        var canonical = new CanonicalJson();
        var header = canonical.Of(JsonSerializer.Serialize(new { id, group, root, parent }));
        return header + canonical.Of(System.Text.RegularExpressions.Regex.Replace(body, """, "reply_to": "[^"]*"|"reply_to": "[^"]*", |"reply_to": "[^"]*""" + "\"", ""));
    }
}
