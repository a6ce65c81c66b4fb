using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tests.Client.Doubles;

namespace CeleryNet.Tests.Hosting;

public sealed partial class UseJsonContextTests
{
    [Fact]
    public async Task UseJsonContext_Several_EachKeepsItsOwnOptions()
    {
        await using var host = new ClientHost(queue => queue.UseJsonContext(Snake.Default).UseJsonContext(Camel.Default));

        await host.Client.EnqueueByNameAsync("t", [new FirstType(1), new SecondType(2)]);

        Encoding.UTF8.GetString(TaskBody.Read(host.Broker.Only.Message, host.Wire).Arguments.Span).Should().Be("""[{"some_value":1},{"someValue":2}]""");
    }

    [Fact]
    public async Task UseJsonContext_ResultOfAnOwnType_IsRead()
    {
        await using var host = new ClientHost(queue => queue.UseJsonContext(Snake.Default).UseJsonContext(Camel.Default));
        host.Results.Store(new TaskResult { TaskId = "id", State = TaskStates.Success, Value = """{"someValue":2}"""u8.ToArray() });

        (await host.Client.GetHandle<SecondType>("id").GetAsync()).Should().Be(new SecondType(2));
    }

    [Fact]
    public async Task EnqueueByName_TypeWithoutMetadata_NamesTheWayOut()
    {
        await using var host = new ClientHost(queue => queue.UseJsonContext(Snake.Default));

        await FluentActions.Awaiting(() => host.Client.EnqueueByNameAsync("t", [new SecondType(2)])).Should()
            .ThrowAsync<MessageFormatException>().WithMessage("Task 't' was not sent*SecondType*UseJsonContext*");
    }

    internal sealed record FirstType(int SomeValue);

    internal sealed record SecondType(int SomeValue);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(FirstType))]
    private sealed partial class Snake : JsonSerializerContext;

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(SecondType))]
    private sealed partial class Camel : JsonSerializerContext;
}
