using System.IO.Compression;
using System.Text;
using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

/// <summary>Messages that break Python workers, and worse ones. Reading them says what is wrong, or throws the one declared exception; it never hangs nor takes much memory.</summary>
public sealed class PoisonMessageTests
{
    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"body\":\"")]
    [InlineData("{\"body\":\"\"}x")]
    [InlineData("{\"body\":\"\"} {}")]
    [InlineData("{\"body\":5}")]
    [InlineData("{\"body\":\"%%%\",\"properties\":{\"body_encoding\":\"base64\"}}")]
    [InlineData("{\"headers\":[]}")]
    [InlineData("{\"properties\":[]}")]
    [InlineData("{\"properties\":{\"reply_to\":5}}")]
    [InlineData("{\"properties\":{\"correlation_id\":[]}}")]
    [InlineData("{\"content-type\":{}}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"headers\":{\"\\ud800\":1}}")]
    [InlineData("{\"body\":\"\\ud800\"}")]
    [InlineData("{\"headers\":{\"task\":\"\\udc00\"}}")]
    public void Read_BrokenEnvelope_HasAProblem(string envelope) => Problem(Json.Bytes(envelope)).Should().NotBeNullOrEmpty();

    [Fact]
    public void Read_ByteOrderMark_HasAProblem() => Problem([0xEF, 0xBB, 0xBF, .. Json.Envelope()]).Should().Contain("not JSON");

    [Fact]
    public void Read_InvalidUtf8_HasAProblem() => Problem(Json.Envelope("{\"task\":\"t~\",\"id\":\"1\"}").Select(letter => letter == '~' ? (byte)0xFF : letter).ToArray()).Should().NotBeNull();

    public static TheoryData<string, string> WrongHeaders
    {
        get
        {
            var data = new TheoryData<string, string>();
            string[] texts = ["task", "shadow", "group", "root_id", "parent_id", "compression"];
            foreach (var name in texts)
                foreach (var value in new[] { "5", "true", "[]", "{}", "\"\\ud800\"" }) data.Add(name, value);
            foreach (var name in new[] { "eta", "expires" })
                foreach (var value in new[] { "5", "1e9", "true", "[]", "{}", "\"\"", "\"soon\"", "\"2030-99-01T00:00:00\"" }) data.Add(name, value);
            foreach (var name in new[] { "retries", "group_index", "replaced_task_nesting" })
                foreach (var value in new[] { "\"1\"", "1.5", "1e30", "true", "[]", "{}" }) data.Add(name, value);
            foreach (var value in new[] { "5", "\"x\"", "{}", "[]", "[1]", "[1,2,3]", "[\"1\",null]", "[-1,null]", "[null,1e300]", "[[],[]]" }) data.Add("timelimit", value);
            foreach (var value in new[] { "0", "\"true\"", "[]" }) data.Add("ignore_result", value);
            foreach (var value in new[] { "5", "{}", "\"x\"" }) data.Add("stamped_headers", value);
            foreach (var value in new[] { "5", "[]", "\"x\"" }) data.Add("stamps", value);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(WrongHeaders))]
    public void Read_HeaderOfAnotherType_NamesItAndKeepsWhatAnAnswerNeeds(string name, string value)
    {
        var content = Envelope.Read(Json.Envelope($$"""{"{{name}}":{{value}},"id":"the-id","{{name}}":{{value}}}"""), Json.Options);

        content.Message.Problem.Should().NotBeNull();
        if (!value.Contains("ud800", StringComparison.Ordinal)) content.Message.Problem.Should().Contain($"'{name}'");
        content.Message.Id.Should().Be("the-id");
        content.Message.ReplyTo.Should().Be("r");
        content.DeliveryTag.Should().Be("d");
        content.RoutingKey.Should().Be("celery");
    }

    [Fact]
    public void Read_IdThatIsANumber_HasAProblemAndNoId()
    {
        var message = Envelope.Read(Json.Envelope("{\"task\":\"t\",\"id\":5}"), Json.Options).Message;

        message.Problem.Should().Contain("'id'");
        message.Id.Should().BeNull();
    }

    [Theory]
    [InlineData("lang", "5")]
    [InlineData("argsrepr", "[]")]
    [InlineData("kwargsrepr", "{}")]
    [InlineData("origin", "7")]
    [InlineData("own", "{\"__type__\":\"unknown\",\"__value__\":1}")]
    [InlineData("own", "123456789012345678901234567890")]
    [InlineData("own", "NaN")]
    [InlineData("task", "null")]
    [InlineData("timelimit", "null")]
    [InlineData("timelimit", "[null,null]")]
    public void Read_HeaderThatDecidesNothing_IsNoProblem(string name, string value) =>
        Problem(Json.Envelope($$"""{"id":"1","{{name}}":{{value}}}""")).Should().BeNull();

    [Theory]
    [InlineData("task", 5)]
    [InlineData("retries", "many")]
    [InlineData("eta", "soon")]
    [InlineData("timelimit", 5)]
    [InlineData("ignore_result", 0)]
    public void HeaderTable_HeaderOfAnotherType_NamesItAndKeepsTheId(string name, object value)
    {
        var message = new TaskMessage();

        HeaderTable.Read(message, [new(name, value is string text ? Encoding.UTF8.GetBytes(text) : value), new("id", "the-id"u8.ToArray()), new("own", 1)], Json.Options);

        message.Problem.Should().Contain($"'{name}'");
        message.Id.Should().Be("the-id");
        message.CustomHeaders!["own"].Should().Be(1L);
    }

    [Fact]
    public void HeaderTable_InvalidUtf8_HasAProblem()
    {
        var message = new TaskMessage();

        HeaderTable.Read(message, [new("task", new byte[] { 0xFF })], Json.Options);

        message.Problem.Should().Contain("UTF-8");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[[],{}")]
    [InlineData("[[],{},{}]x")]
    [InlineData("[]")]
    [InlineData("[[]]")]
    [InlineData("[[],{}]")]
    [InlineData("[[],{},{},{}]")]
    [InlineData("[{},{},{}]")]
    [InlineData("[[],[],{}]")]
    [InlineData("[[],null,{}]")]
    [InlineData("[null,{},{}]")]
    [InlineData("[[],{},{\"chain\":{}}]")]
    [InlineData("[[],{},{\"callbacks\":\"x\"}]")]
    [InlineData("[[],{},{\"chord\":[]}]")]
    [InlineData("[[],{},{\"\\ud800\":1}]")]
    [InlineData("\"abc\"")]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("{\"args\":{}}")]
    [InlineData("\uFEFF[[],{},{}]")]
    public void Body_OfNoKnownForm_IsAFormatError(string body)
    {
        var read = () => Json.Body(body);

        read.Should().Throw<MessageFormatException>().Which.Message.Should().EndWith("]");
    }

    [Theory]
    [InlineData("[[],{},null]")]
    [InlineData("[[],{},[]]")]
    [InlineData("[[],{},{\"more\":1}]")]
    public void Body_WithAnotherEmbed_IsAccepted(string body) => Json.Text(Json.Body(body).Arguments).Should().Be("[]");

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"id\":\"1\"}")]
    [InlineData("{\"task\":5}")]
    [InlineData("{\"task\":\"t\",\"eta\":5}")]
    [InlineData("{\"task\":\"t\",\"timelimit\":[1]}")]
    [InlineData("{\"\\ud800\":5}")]
    public void ProtocolOne_BrokenBody_IsAFormatError(string body)
    {
        var read = () => Json.Body(body, new TaskMessage());

        read.Should().Throw<MessageFormatException>();
    }

    [Fact]
    public void ProtocolOne_WithBareFloats_IsNotTakenForAHybrid()
    {
        var message = new TaskMessage();

        var body = Json.Body("{\"task\":\"t\",\"args\":[NaN],\"id\":\"1\",\"retries\":2,\"taskset\":\"g\"}", message);

        message.Id.Should().Be("1");
        message.Retries.Should().Be(2);
        message.GroupId.Should().Be("g");
        WireValue.Read(body.Arguments, WireConverters.Array(WireConverters.Double), Json.Options).Should().Equal(double.NaN);
    }

    [Fact]
    public void Hybrid_HeadersAndProtocolOneBody_HeadersWin()
    {
        var message = new TaskMessage { TaskName = "of.headers", Id = "1" };

        var body = Json.Body("{\"task\":\"of.body\",\"id\":\"2\",\"args\":[1],\"kwargs\":{\"a\":2},\"callbacks\":[{}]}", message);

        (message.TaskName, message.Id).Should().Be(("of.headers", "1"));
        (Json.Text(body.Arguments), Json.Text(body.KeywordArguments), Json.Text(body.Callbacks)).Should().Be(("[1]", "{\"a\":2}", "[{}]"));
    }

    [Theory]
    [InlineData("application/json; charset=utf-8", "utf-8")]
    [InlineData("application/x-python-serialize", "binary")]
    [InlineData("application/x-yaml", "utf-8")]
    [InlineData("", "utf-8")]
    [InlineData("application/json", "latin-1")]
    public void Body_OfAnotherContentType_IsAFormatError(string type, string encoding)
    {
        var read = () => Json.Body("[[],{},{}]", new TaskMessage { TaskName = "t", ContentType = type, ContentEncoding = encoding });

        read.Should().Throw<MessageFormatException>().WithMessage("*only*accepted*");
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("application/json", "")]
    [InlineData("application/json", "UTF-8")]
    public void Body_WithLittleSaidAboutIt_IsAccepted(string? type, string? encoding) =>
        Json.Body("[[],{},{}]", new TaskMessage { TaskName = "t", ContentType = type, ContentEncoding = encoding }).Arguments.IsEmpty.Should().BeFalse();

    [Fact]
    public void Body_DepthOf100000_IsAFormatErrorAtOnce()
    {
        const int Depth = 100_000;
        var deep = new string('[', Depth) + new string(']', Depth);

        var lists = () => Json.Body($"[{deep},{{}},{{}}]");
        var objects = () => Json.Body($"[[{string.Concat(Enumerable.Repeat("{\"a\":", Depth))}1{new string('}', Depth)}],{{}},{{}}]");

        lists.Should().Throw<MessageFormatException>().WithMessage("*64*");
        objects.Should().Throw<MessageFormatException>();
        Problem(Json.Envelope($$"""{"task":"t","deep":{{deep}}}""")).Should().NotBeNull();
    }

    [Fact]
    public void Body_MillionEqualKeys_IsReadWithoutKeepingThem()
    {
        var pairs = string.Join(',', Enumerable.Repeat("\"k\":1", 1_000_000));
        var body = Json.Body($"[[{{{pairs}}}],{{}},{{}}]");

        var before = GC.GetAllocatedBytesForCurrentThread();
        var value = WireValue.Read(body.Arguments, WireConverters.Any, Json.Options);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        value.Should().BeEquivalentTo(new List<object?> { new Dictionary<string, object?> { ["k"] = 1L } });
        allocated.Should().BeLessThan(100_000_000, "a short text and a boxed number per pair, which are garbage at once");
    }

    [Fact]
    public void Body_MillionEqualKeywords_FailTheTask()
    {
        var body = Json.Body($"[[],{{{string.Join(',', Enumerable.Repeat("\"k\":1", 1_000_000))}}},{{}}]");

        var bind = () =>
        {
            var reader = new ArgumentReader(body, new ParameterList("F", 0, "k"), Json.Options);
            while (reader.Read()) reader.Value(WireConverters.Int32);
        };

        bind.Should().Throw<TaskArgumentException>();
    }

    [Fact]
    public void Body_NumberOfAMillionDigits_IsRefusedWhenRead()
    {
        var body = Json.Body($"[[{new string('9', 1_000_000)}],{{}},{{}}]");

        foreach (var read in new Action[]
        {
            () => WireValue.Read(body.Arguments, WireConverters.Any, Json.Options),
            () => WireValue.Read(body.Arguments, WireConverters.Array(WireConverters.BigInteger), Json.Options),
            () => WireValue.Read(body.Arguments, WireConverters.Array(WireConverters.Int32), Json.Options),
            () => WireValue.Read(body.Arguments, WireConverters.Array(WireConverters.Decimal), Json.Options),
        }) read.Should().Throw<MessageFormatException>();
    }

    [Fact]
    public void Headers_Thousand_AreReadAndMoreBytesThanAllowedAreAProblem()
    {
        var thousand = Envelope.Read(Json.Envelope($$"""{"task":"t","id":"1",{{string.Join(',', Enumerable.Range(0, 1000).Select(index => $"\"h{index}\":{index}"))}}}"""), Json.Options).Message;

        thousand.Problem.Should().BeNull();
        thousand.CustomHeaders.Should().HaveCount(1000);
        Problem(Json.Envelope($$"""{"id":"1",{{string.Join(',', Enumerable.Range(0, 10_000).Select(index => $"\"h{index}\":{index}"))}}}""")).Should().Contain("MaxHeaderBytes");
    }

    [Fact]
    public void Headers_TaskNameOfOneMegabyte_IsAProblem()
    {
        var message = Envelope.Read(Json.Envelope($$"""{"task":"{{new string('x', 1024 * 1024)}}","id":"1"}"""), Json.Options).Message;
        var ofTable = new TaskMessage();
        HeaderTable.Read(ofTable, [new("task", new byte[1024 * 1024]), new("id", "1"u8.ToArray())], Json.Options);

        message.Problem.Should().Contain("MaxHeaderBytes");
        message.Id.Should().Be("1");
        ofTable.Problem.Should().Contain("MaxHeaderBytes");
    }

    [Fact]
    public void Body_LargerThanAllowed_IsAFormatError()
    {
        var read = () => TaskBody.Read(new TaskMessage { TaskName = "t", Body = new byte[101] }, Json.Options with { MaxBodyBytes = 100 });

        read.Should().Throw<MessageFormatException>().WithMessage("*MaxBodyBytes*");
    }

    [Theory]
    [InlineData(BodyCompression.Zlib)]
    [InlineData(BodyCompression.Brotli)]
    public void Body_ZipBomb_IsRefusedWithinTheLimits(string compression)
    {
        var bomb = Bomb(compression, 256);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = () => TaskBody.Read(new TaskMessage { TaskName = "t", Body = bomb, Compression = compression }, Json.Options);

        read.Should().Throw<MessageFormatException>().WithMessage("*MaxCompressionRatio*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(3L * Json.Options.MaxDecompressedBytes, "it stops at the limit, and growing doubles");
    }

    [Theory]
    [InlineData("application/x-gzip")]
    [InlineData("application/x-brotli")]
    public void Body_DamagedCompression_IsAFormatError(string compression)
    {
        var whole = BodyCompression.Compress(Json.Bytes("[[\"" + new string('x', 10_000) + "\"],{},{}]"), compression);

        foreach (var damaged in new[] { whole[..(whole.Length / 2)], [.. whole.Select(one => (byte)~one)], [0], [.. "[[],{},{}]"u8] })
        {
            var read = () => TaskBody.Read(new TaskMessage { TaskName = "t", Body = damaged, Compression = compression }, Json.Options);
            read.Should().Throw<MessageFormatException>();
        }
    }

    [Fact]
    public void Body_RealGzip_IsAFormatErrorAsInCelery()
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest)) gzip.Write("[[],{},{}]"u8);

        var read = () => TaskBody.Read(new TaskMessage { TaskName = "t", Body = output.ToArray(), Compression = BodyCompression.Zlib }, Json.Options);

        read.Should().Throw<MessageFormatException>();
    }

    [Fact]
    public void Body_UnknownCompression_IsAFormatErrorThatNamesIt()
    {
        var read = () => TaskBody.Read(new TaskMessage { TaskName = "t", Body = new byte[1], Compression = "application/x-\nlzma" }, Json.Options);

        read.Should().Throw<MessageFormatException>().Which.Message.Should().Contain("x-\\u000alzma");
    }

    private static string? Problem(byte[] envelope) => Envelope.Read(envelope, Json.Options).Message.Problem;

    private static byte[] Bomb(string compression, int megabytes)
    {
        using var output = new MemoryStream();
        using (Stream stream = compression == BodyCompression.Zlib ? new ZLibStream(output, CompressionLevel.Fastest) : new BrotliStream(output, CompressionLevel.Fastest))
        {
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < megabytes; i++) stream.Write(zeros);
        }

        return output.ToArray();
    }
}
