using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CeleryNet.Contracts.RandomCanvases;
using CeleryNet.Interop.Tests.Tasks;
using CeleryNet.Results;

namespace CeleryNet.Interop.Tests.Workflows;

/// <summary>Random canvases have the value that their model has, whoever runs their tasks: Python workers alone, .NET workers alone, or both by turns. Inherited for every broker.</summary>
public abstract class CanvasFleetTests(CanvasFleetFixture fleets)
{
    private const int Canvases = 60;
    private const int Side = 10; // at a time; the Python worker runs one task after the other
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [SkippableTheory]
    [InlineData(Fleet.CSharp)]
    [InlineData(Fleet.Python)]
    [InlineData(Fleet.Mixed)]
    public async Task Canvases_OfManyForms_HaveTheValueOfTheirModels(Fleet fleet)
    {
        await fleets.ReadyAsync();
        var seed = Environment.GetEnvironmentVariable("CELERYNET_CANVAS_SEED") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : 20261123;
        var failures = new ConcurrentQueue<string>();
        var compared = 0;

        foreach (var part in Enumerable.Range(0, Canvases).Chunk(Side))
        {
            await Task.WhenAll(part.Select(async number =>
            {
                var canvas = new RandomCanvas(new Random(seed + number), $"c{number}", mayFail: number % 3 == 0).Make(4); // most of those in which something fails are wrong in Celery
                if (fleet != Fleet.CSharp && CeleryFaults.In(canvas) is not null) return;
                Interlocked.Increment(ref compared);
                if (await FaultAsync(fleet, canvas) is { } fault) failures.Enqueue($"{number}: {fault}");
            }));
        }

        failures.Should().BeEmpty("seed {0} was used", seed);
        compared.Should().BeGreaterThan(Canvases / 2, "most forms are right in Celery too");
    }

    private async Task<string?> FaultAsync(Fleet fleet, CanvasNode canvas)
    {
        var expected = canvas.Run(null, []);
        var json = Placed(canvas.ToJson(), fleets.QueuesOf(fleet)).ToJsonString();
        try
        {
            var handle = await fleets.ClientOf(fleet).EnqueueAsync(Signature.Parse(Encoding.UTF8.GetBytes(json)));
            var end = await handle.WaitAsync(Limit);
            if (expected.IsSuccess ? end.State == TaskStates.Success && RandomTasks.TextOf(end.Json) == expected.Value : end.State is TaskStates.Failure or TaskStates.Revoked) return null;
            return $"ended {end.State} with {(end.State == TaskStates.Success ? RandomTasks.TextOf(end.Json) : end.Error?.ToString())}, expected {expected.Value ?? "a failure"}; {canvas}\n{json}";
        }
        catch (TaskQueueException error)
        {
            return $"{error.Message}; expected {expected.Value ?? "a failure"}; {Signature.Parse(Encoding.UTF8.GetBytes(json))}\n{json}";
        }
    }

    // The tasks of the model by their names here, each on the next of the queues; also those inside of a replacement, which is a text.
    private static JsonNode Placed(JsonNode canvas, string[] queues)
    {
        var next = 0;
        return Place(canvas);

        JsonNode Place(JsonNode node)
        {
            switch (node)
            {
                case JsonArray list:
                    foreach (var item in list.OfType<JsonNode>()) Place(item);
                    break;
                case JsonObject part:
                    if (part["task"] is JsonValue name && name.GetValueKind() == JsonValueKind.String && name.GetValue<string>() is "node" or "boom" or "again" or "swap")
                    {
                        part["task"] = $"random.{name.GetValue<string>()}";
                        part["options"]!["queue"] = queues[next++ % queues.Length]; // the model writes all six fields
                    }

                    foreach (var (_, value) in part.ToList())
                        if (value is not null) Place(value);
                    if (part["replacement"] is JsonValue replacement) part["replacement"] = Place(JsonNode.Parse(replacement.GetValue<string>())!).ToJsonString(); // a signature
                    break;
            }

            return node;
        }
    }
}

/// <summary>Random canvases over RabbitMQ, results in Redis.</summary>
public sealed class CanvasFleetOverRabbitMQTests(CanvasFleetOverRabbitMQFixture fleets) : CanvasFleetTests(fleets), IClassFixture<CanvasFleetOverRabbitMQFixture>;

/// <summary>Random canvases over Redis.</summary>
public sealed class CanvasFleetOverRedisTests(CanvasFleetOverRedisFixture fleets) : CanvasFleetTests(fleets), IClassFixture<CanvasFleetOverRedisFixture>;
