using System.Numerics;
using System.Text.Json;
using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

public sealed class ConverterTests
{
    private static readonly WireOptions Typed = new() { WriteTypedValues = true };
    private static readonly DateTimeOffset Moment = new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero).AddTicks(1_234_560);
    private static readonly Guid Id = Guid.Parse("3fa85f64-5717-4562-b3fc-2c963f66afa6");

    [Theory]
    [InlineData("c526")]
    [InlineData("c563")]
    public void Read_TypedValuesOfPython_BecomeTheTypesOfTheParameters(string generation)
    {
        Argument($"{generation}/messages/typed-date", WireConverters.DateOnly).Should().Be(new DateOnly(2031, 5, 6));
        Argument($"{generation}/messages/typed-datetime-aware", WireConverters.DateTimeOffset).Should().Be(Moment);
        Argument($"{generation}/messages/typed-datetime-aware", WireConverters.DateTime).Should().Be(Moment.UtcDateTime).And.BeIn(DateTimeKind.Utc);
        Argument($"{generation}/messages/typed-datetime-naive", WireConverters.DateTime).Should().Be(new DateTime(2031, 5, 6, 7, 8, 9, 120)).And.BeIn(DateTimeKind.Unspecified);
        Argument($"{generation}/messages/typed-datetime-naive", WireConverters.DateTimeOffset).Should().Be(new DateTimeOffset(2031, 5, 6, 7, 8, 9, 120, TimeSpan.Zero));
        Argument($"{generation}/messages/typed-datetime-offset", WireConverters.DateTimeOffset).Should().Be(new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.FromHours(5.5)));
        Argument($"{generation}/messages/typed-decimal", WireConverters.Decimal).ToString(System.Globalization.CultureInfo.InvariantCulture).Should().Be("12.340");
        Argument($"{generation}/messages/typed-time", WireConverters.TimeOnly).Should().Be(new TimeOnly(7, 8, 9));
        Argument($"{generation}/messages/typed-uuid", WireConverters.Guid).Should().Be(Id);
        Argument($"{generation}/messages/typed-uuid", WireConverters.String).Should().Be(Id.ToString());
    }

    [Fact]
    public void Read_BytesOfPython_BecomeBytes()
    {
        Argument("c563/messages/typed-bytes-ascii", WireConverters.Bytes).Should().Equal("hello"u8.ToArray());
        Argument("c563/messages/typed-bytes-binary", WireConverters.Bytes).Should().Equal(0x00, 0xff, 0xfe, 0x80);
        Json.Read("\"AP/+gA==\"", WireConverters.Bytes).Should().Equal(0x00, 0xff, 0xfe, 0x80);
    }

    [Fact]
    public void Read_NestedTypedValuesAsAny_AreDecoded()
    {
        var value = Argument("c563/messages/typed-nested", WireConverters.Any);

        value.Should().BeEquivalentTo(new List<object?> { Moment, new Dictionary<string, object?> { ["u"] = Id, ["d"] = new List<object?> { 1.10m } } });
    }

    [Theory]
    [InlineData("c526/messages/numbers")]
    [InlineData("c563/messages/numbers")]
    public void Read_NumbersOfPythonAsAny_KeepKindAndPrecision(string name)
    {
        var body = TaskBody.Read(Envelope.Read(GoldenFile.Envelope(name), Json.Options).Message, Json.Options);

        var values = WireValue.Read(body.Arguments, WireConverters.Any, Json.Options);

        values.Should().BeEquivalentTo(
            new List<object?> { 9007199254740993L, long.MaxValue, BigInteger.Pow(2, 64), long.MinValue, 0.1, 1e22, 1e-7, -0.0 }, options => options.WithStrictOrdering().RespectingRuntimeTypes());
        double.IsNegative((double)((List<object?>)values!)[7]!).Should().BeTrue("negative zero stays negative");
    }

    [Theory]
    [InlineData("c526/messages/float-nan-inf")]
    [InlineData("c563/messages/float-nan-inf")]
    public void Read_BareFloatsOfPython_AreFloats(string name)
    {
        var body = TaskBody.Read(Envelope.Read(GoldenFile.Envelope(name), Json.Options).Message, Json.Options);

        WireValue.Read(body.Arguments, WireConverters.Any, Json.Options).Should().BeEquivalentTo(new List<object?> { double.NaN, double.PositiveInfinity, double.NegativeInfinity }, options => options.WithStrictOrdering());
        WireValue.Read(body.Arguments, WireConverters.Array(WireConverters.Double), Json.Options).Should().Equal(double.NaN, double.PositiveInfinity, double.NegativeInfinity);
        WireValue.Read(body.Arguments, WireConverters.Array(WireConverters.Single), Json.Options).Should().Equal(float.NaN, float.PositiveInfinity, float.NegativeInfinity);
    }

    [Fact]
    public void Read_TextsThatNameFloatsAsAny_StayText() =>
        Json.Read("[\"NaN\",\"Infinity\",\"-Infinity\",NaN]", WireConverters.Any).Should().BeEquivalentTo(new List<object?> { "NaN", "Infinity", "-Infinity", double.NaN });

    [Fact]
    public void Read_UnicodeOfPython_IsTheSameText()
    {
        var body = TaskBody.Read(Envelope.Read(GoldenFile.Envelope("c526/messages/unicode"), Json.Options).Message, Json.Options);

        WireValue.Read(body.Arguments, WireConverters.Array(WireConverters.String), Json.Options)
            .Should().Equal("café", "Привет", "日本語", "😀👩‍👩‍👧", "e\u0301", "a\"b\\c\n\t\0\u2028</script>");
    }

    [Fact]
    public void Write_PlainValues_AreTextEveryVersionReads()
    {
        Json.Write(Moment, WireConverters.DateTimeOffset).Should().Be("\"2031-05-06T07:08:09.123456+00:00\"");
        Json.Write(Moment.ToOffset(TimeSpan.FromHours(5)), WireConverters.DateTimeOffset).Should().Be("\"2031-05-06T07:08:09.123456+00:00\"");
        Json.Write(new DateTime(2031, 5, 6, 7, 8, 9), WireConverters.DateTime).Should().Be("\"2031-05-06T07:08:09.000000\"");
        Json.Write(new DateOnly(2031, 5, 6), WireConverters.DateOnly).Should().Be("\"2031-05-06\"");
        Json.Write(new TimeOnly(7, 8, 9), WireConverters.TimeOnly).Should().Be("\"07:08:09.000000\"");
        Json.Write(Id, WireConverters.Guid).Should().Be($"\"{Id}\"");
        Json.Write(12.340m, WireConverters.Decimal).Should().Be("\"12.340\"");
        Json.Write<byte[]?>([0xff], WireConverters.Bytes).Should().Be("\"/w==\"");
        Json.Write("ä'\"\\\u0001", WireConverters.String!).Should().Be("\"ä'\\\"\\\\\\u0001\"");
    }

    [Fact]
    public void Write_TypedValues_AreTheEnvelopesOfCelery53()
    {
        Json.Write(Moment, WireConverters.DateTimeOffset, Typed).Should().Be(Envelope("datetime", "\"2031-05-06T07:08:09.123456+00:00\""));
        Json.Write(new DateOnly(2031, 5, 6), WireConverters.DateOnly, Typed).Should().Be(Envelope("date", "\"2031-05-06\""));
        Json.Write(Id, WireConverters.Guid, Typed).Should().Be(Envelope("uuid", "{\"hex\":\"3fa85f6457174562b3fc2c963f66afa6\"}"));
        Json.Write(12.340m, WireConverters.Decimal, Typed).Should().Be(Envelope("decimal", "\"12.340\""));
        Json.Write<byte[]?>([0, 0xff, 0xfe, 0x80], WireConverters.Bytes, Typed).Should().Be(Envelope("base64", "\"AP/+gA==\""));

        static string Envelope(string type, string value) => $$"""{"__type__":"{{type}}","__value__":{{value}}}""";
    }

    [Theory]
    [InlineData(1.0, "1.0")]
    [InlineData(0.1, "0.1")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1e22, "1E+22")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void Write_Float_IsAFloatInPython(double value, string json) => Json.Write(value, WireConverters.Double).Should().Be(json);

    [Theory]
    [InlineData("3", 3)]
    [InlineData("3.0", 3)]
    [InlineData("3e2", 300)]
    [InlineData("-2147483648", int.MinValue)]
    public void Read_WholeNumber_TakesEveryForm(string json, int value) => Json.Read(json, WireConverters.Int32).Should().Be(value);

    public static TheoryData<string, string> Misfits => new()
    {
        { "Int32", "2147483648" }, { "Int32", "3.5" }, { "Int32", "\"3\"" }, { "Int32", "null" }, { "Int32", "true" }, { "Int32", "[]" }, { "Int32", "1e400" },
        { "Byte", "256" }, { "Byte", "-1" }, { "UInt64", "-1" }, { "UInt64", "18446744073709551616" }, { "Int64", "9223372036854775808" },
        { "Boolean", "1" }, { "Boolean", "\"true\"" }, { "Double", "\"1\"" }, { "Double", "null" },
        { "Decimal", "\"x\"" }, { "Decimal", "1e40" }, { "Decimal", "\"\\ud800\"" }, { "Decimal", "{\"__type__\":\"uuid\",\"__value__\":\"1\"}" },
        { "String", "5" }, { "String", "{}" }, { "String", "\"\\ud800\"" }, { "String", "{\"__type__\":\"x\",\"__value__\":5}" },
        { "Char", "\"ab\"" }, { "Char", "\"\"" }, { "Guid", "\"x\"" }, { "Guid", "{\"__type__\":\"uuid\",\"__value__\":\"x\"}" }, { "Guid", "{\"__type__\":\"uuid\",\"__value__\":{\"hex\":\"x\"}}" },
        { "DateTimeOffset", "\"01/02/2030 10:00\"" }, { "DateTimeOffset", "5" }, { "DateTimeOffset", "\"2030-13-01T00:00:00\"" },
        { "DateOnly", "\"2030-01-02garbage\"" }, { "DateOnly", "\"2030-1-2\"" }, { "TimeOnly", "\"25:00\"" }, { "TimeSpan", "\"5\"" }, { "TimeSpan", "1e300" }, { "TimeSpan", "NaN" },
        { "Bytes", "\"a\"" }, { "Bytes", "5" }, { "Enum", "\"Nobody\"" }, { "Enum", "4294967297" }, { "Uri", "5" },
        { "BigInteger", "1.5" }, { "List", "{}" }, { "List", "[1,\"x\"]" }, { "Dictionary", "[]" }, { "Dictionary", "{\"a\":null}" }, { "Int32Dictionary", "{\"x\":1}" },
        { "Any", "{\"__type__\":\"unknown\",\"__value__\":1}" }, { "Any", "{\"\\ud800\":1}" }, { "Any", "[1" }, { "Any", "" + "nul" }, { "Any", "1 2" }, { "JsonElement", "{]" },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Read_ValueOfAnotherKind_IsAFormatError(string converter, string json)
    {
        Action read = converter switch
        {
            "Int32" => () => Json.Read(json, WireConverters.Int32),
            "Byte" => () => Json.Read(json, WireConverters.Byte),
            "UInt64" => () => Json.Read(json, WireConverters.UInt64),
            "Int64" => () => Json.Read(json, WireConverters.Int64),
            "Boolean" => () => Json.Read(json, WireConverters.Boolean),
            "Double" => () => Json.Read(json, WireConverters.Double),
            "Decimal" => () => Json.Read(json, WireConverters.Decimal),
            "String" => () => Json.Read(json, WireConverters.String),
            "Char" => () => Json.Read(json, WireConverters.Char),
            "Guid" => () => Json.Read(json, WireConverters.Guid),
            "DateTimeOffset" => () => Json.Read(json, WireConverters.DateTimeOffset),
            "DateOnly" => () => Json.Read(json, WireConverters.DateOnly),
            "TimeOnly" => () => Json.Read(json, WireConverters.TimeOnly),
            "TimeSpan" => () => Json.Read(json, WireConverters.TimeSpan),
            "Bytes" => () => Json.Read(json, WireConverters.Bytes),
            "Enum" => () => Json.Read(json, WireConverters.Enum<DayOfWeek>()),
            "Uri" => () => Json.Read(json, WireConverters.Uri),
            "BigInteger" => () => Json.Read(json, WireConverters.BigInteger),
            "List" => () => Json.Read(json, WireConverters.List(WireConverters.Int32)),
            "Dictionary" => () => Json.Read(json, WireConverters.Dictionary(WireConverters.Int32)),
            "Int32Dictionary" => () => Json.Read(json, WireConverters.Int32Dictionary(WireConverters.Int32)),
            "Any" => () => Json.Read(json, WireConverters.Any),
            _ => () => Json.Read(json, WireConverters.JsonElement),
        };

        read.Should().Throw<MessageFormatException>();
    }

    [Fact]
    public void Read_EnumByNumberAndName_IsTheMember()
    {
        Json.Read("\"friday\"", WireConverters.Enum<DayOfWeek>()).Should().Be(DayOfWeek.Friday);
        Json.Read("5", WireConverters.Enum<DayOfWeek>()).Should().Be(DayOfWeek.Friday);
    }

    [Fact]
    public void Read_TypedEnvelopeWithAnotherKey_IsAPlainObject() =>
        Json.Read("{\"__type__\":\"datetime\",\"__value__\":\"x\",\"more\":1}", WireConverters.Any).Should().BeOfType<Dictionary<string, object?>>().Which.Should().HaveCount(3);

    [Fact]
    public void Write_ListThatHoldsItself_IsAFormatError()
    {
        var list = new List<object?>();
        list.Add(list);

        var write = () => Json.Write<object?>(list, WireConverters.Any);

        write.Should().Throw<MessageFormatException>().WithMessage("*64 levels*");
    }

    [Fact]
    public void Write_NumberLongerThanPythonReads_IsAFormatError()
    {
        var write = () => Json.Write(BigInteger.Pow(10, 4300), WireConverters.BigInteger);

        write.Should().Throw<MessageFormatException>().WithMessage("*4301 digits*");
        Json.Write(-BigInteger.Pow(10, 4299), WireConverters.BigInteger).Should().HaveLength(4301);
    }

    private static T Argument<T>(string name, WireConverter<T> converter)
    {
        var body = TaskBody.Read(Envelope.Read(GoldenFile.Envelope(name), Json.Options).Message, Json.Options);
        var reader = new Utf8JsonReader(body.Arguments.Span);
        reader.Read();
        reader.Read();
        return converter.Read(ref reader, Json.Options);
    }
}
