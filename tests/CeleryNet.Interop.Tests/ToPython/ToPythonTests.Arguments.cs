using System.Numerics;
using System.Text.Json;
using CeleryNet.Interop.Tests.Tasks;

namespace CeleryNet.Interop.Tests.ToPython;

public abstract partial class ToPythonTests
{
    [SkippableFact]
    public async Task Call_WithPositionalArguments_ReturnsResult() => (await CallAsync(IPythonTasks.AddTask(2, 3))).Should().Be(5);

    [SkippableFact]
    public async Task Call_WithDefaultValue_SendsTheInterfacesOne() => (await CallAsync(IPythonTasks.DefaultTask("a"))).Should().Be("a:64");

    [SkippableFact]
    public async Task CallByName_WithKeywordArguments_MapsThemByName()
    {
        var client = await ClientAsync();

        var handle = await client.EnqueueByNameAsync<JsonElement>("py.keywords", null, new Dictionary<string, object?> { ["third"] = 3, ["first"] = "eins" });

        JsonSerializer.Serialize(await handle.GetAsync(Limit)).Should().Be("{\"first\":\"eins\",\"second\":\"two\",\"third\":3}");
    }

    [SkippableFact]
    public async Task CallByName_WithPositionalAndKeywordArguments_SendsBoth()
    {
        var client = await ClientAsync();

        var handle = await client.EnqueueByNameAsync<JsonElement>("py.anything", [1, "two", null], new Dictionary<string, object?> { ["k"] = true });

        var value = await handle.GetAsync(Limit);
        value.GetProperty("args").GetRawText().Replace(" ", "", StringComparison.Ordinal).Should().Be("[1,\"two\",null]");
        value.GetProperty("kwargs").GetProperty("k").GetBoolean().Should().BeTrue();
    }

    [SkippableTheory]
    [InlineData("null", "NoneType", "None")]
    [InlineData("true", "bool", "True")]
    [InlineData("false", "bool", "False")]
    [InlineData("-7", "int", "-7")]
    [InlineData("9007199254740993", "int", "9007199254740993")]
    [InlineData("1208925819614629174706176", "int", "1208925819614629174706176")]
    [InlineData("1.5", "float", "1.5")]
    [InlineData("\"Grüße, 世界 🎉\"", "str", "'Grüße, 世界 🎉'")]
    [InlineData("\"\\u0000\\n\"", "str", "'\\x00\\n'")]
    [InlineData("[]", "list", "[]")]
    [InlineData("[1, [null, {}]]", "list", "[1, [None, {}]]")]
    [InlineData("{\"a\": {\"b\": [1]}}", "dict", "{'a': {'b': [1]}}")]
    public async Task Argument_OfAnyJsonType_ArrivesAsPythonsOwn(string json, string type, string repr)
    {
        var client = await ClientAsync();
        using var argument = JsonDocument.Parse(json);

        var handle = await client.EnqueueByNameAsync<JsonElement>("py.kind", [argument.RootElement]);

        var kind = await handle.GetAsync(Limit);
        kind.GetProperty("type").GetString().Should().Be(type);
        kind.GetProperty("repr").GetString().Should().Be(repr);
    }

    [SkippableFact]
    public async Task Result_OfEveryJsonType_IsReadable()
    {
        var value = await CallAsync(IPythonTasks.TypesTask());

        value.GetProperty("null").ValueKind.Should().Be(JsonValueKind.Null);
        value.GetProperty("true").GetBoolean().Should().BeTrue();
        value.GetProperty("negative").GetInt32().Should().Be(-7);
        value.GetProperty("long").GetInt64().Should().Be(9007199254740993);
        value.GetProperty("huge").GetRawText().Should().Be("1208925819614629174706176");
        value.GetProperty("exponent").GetDouble().Should().Be(1e300);
        value.GetProperty("text").GetString().Should().Be("Grüße, 世界 🎉");
        value.GetProperty("list").GetArrayLength().Should().Be(4);
        value.GetProperty("object").GetProperty("a").GetProperty("b")[0].GetProperty("c").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [SkippableFact]
    public async Task BigIntegers_KeepEveryDigit()
    {
        var client = await ClientAsync();
        var huge = BigInteger.Pow(2, 100) + 1;

        var handle = await client.EnqueueByNameAsync<BigInteger>("py.add", [huge, huge]);

        (await handle.GetAsync(Limit)).Should().Be(huge * 2);
    }

    [SkippableFact]
    public async Task NestedData_WithNulls_ComesBackEqual()
    {
        var value = new Dictionary<string, List<int?>> { ["a"] = [1, null, 3], ["ü"] = [] };

        (await CallAsync(IPythonTasks.EchoNestedTask(value))).Should().BeEquivalentTo(value);
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(120)]
    [InlineData(-330)]
    public async Task ZonedDate_IsReadByPythonAsTheSameMoment(int offsetMinutes)
    {
        var moment = new DateTimeOffset(2026, 3, 29, 1, 2, 3, 456, 789, TimeSpan.Zero).ToOffset(TimeSpan.FromMinutes(offsetMinutes));

        (await CallAsync(IPythonTasks.InstantTask(moment))).Should().BeApproximately((moment - DateTimeOffset.UnixEpoch).TotalSeconds, 0.000_001);
    }

    [SkippableFact]
    public async Task Dates_DecimalsAndUuids_OfPythonAreRead()
    {
        var moment = new DateTimeOffset(2026, 3, 29, 1, 2, 3, 456, 789, TimeSpan.Zero);

        (await CallAsync(IPythonTasks.UtcTask())).Should().Be(moment);
        (await CallAsync(IPythonTasks.ZoneTask())).Should().Be(moment);
        (await CallAsync(IPythonTasks.PriceTask())).Should().Be(12345.678900m);
        (await CallAsync(IPythonTasks.UuidTask())).Should().Be(Guid.Parse("6f1c2b3a-0d4e-4f5a-8b6c-7d8e9f0a1b2c"));
    }

    [SkippableFact]
    public async Task Bytes_TravelAsBase64()
    {
        var value = await CallAsync(IPythonTasks.BytesTask([0, 1, 254, 255]));

        value.GetProperty("sum").GetInt32().Should().Be(510);
        value.GetProperty("reversed").GetBytesFromBase64().Should().Equal(255, 254, 1, 0);
    }

    [SkippableFact]
    public async Task OneMegabyte_TravelsBothWays()
    {
        (await CallAsync(IPythonTasks.LengthTask(new string('ü', 1 << 20)))).Should().Be(1 << 20);
        (await CallAsync(IPythonTasks.BigTask(1 << 20))).Should().HaveLength(1 << 20);
    }
}
