using System.Text;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

/// <summary>Pins the bytes that each message costs on its way through the codec, so that nobody adds to them unseen.</summary>
public sealed class CodecAllocationTests
{
    private static readonly WireOptions Options = new();

    [Fact]
    public void EnvelopeWrite_AllocatesNothing()
    {
        var message = Sample();

        BytesOf(() =>
        {
            using var buffer = WireBuffer.Rent();
            Envelope.Write(buffer.Json, message, "", "celery", TaskId.NewGuid());
            buffer.Flush();
        }).Should().Be(0);
    }

    [Fact]
    public void EnvelopeToArray_AllocatesTheArrayOnly()
    {
        const int header = 24; // of an array, and up to 7 bytes to the next multiple of 8 follow
        var message = Sample();
        var length = Envelope.ToArray(message, "", "celery", TaskId.NewGuid()).Length;

        BytesOf(() => Envelope.ToArray(message, "", "celery", TaskId.NewGuid())).Should().BeLessThanOrEqualTo(length + header + 7);
    }

    [Fact]
    public void EnvelopeRead_AllocatesMessageAndItsOwnTextsOnly()
    {
        using var buffer = WireBuffer.Rent();
        Envelope.Write(buffer.Json, Sample(), "", "celery", TaskId.NewGuid());
        buffer.Flush();
        var envelope = buffer.Span.ToArray();
        var copy = new byte[envelope.Length];

        BytesOf(() =>
        {
            envelope.CopyTo(copy, 0); // decoded in place
            Envelope.Read(copy, Options);
        }).Should().BeLessThanOrEqualTo(448);
    }

    [Fact]
    public void HeaderTableRead_AllocatesMessageAndItsOwnTextsOnly()
    {
        var table = HeaderTable.Write(Sample()).ToDictionary(pair => pair.Key, pair => pair.Value is string text ? Encoding.UTF8.GetBytes(text) : pair.Value);

        BytesOf(() => HeaderTable.Read(new TaskMessage(), table, Options)).Should().BeLessThanOrEqualTo(504);
    }

    [Fact]
    public void HeaderTableWrite_AllocatesTheTableOnly() => BytesOf(Sample(), static message => HeaderTable.Write(message)).Should().BeLessThanOrEqualTo(608);

    [Fact]
    public void BodyAndArgumentsRead_AllocateNothing()
    {
        var message = Sample();
        var parameters = new ParameterList("Add", 2, "x", "y");

        BytesOf(() =>
        {
            var arguments = new ArgumentReader(TaskBody.Read(message, Options), parameters, Options);
            while (arguments.Read()) arguments.Value(WireConverters.Int32);
        }).Should().Be(0);
    }

    [Fact]
    public void ResultDocumentWrite_AllocatesNothing()
    {
        var result = new TaskResult { TaskId = TaskId.New(), State = TaskStates.Success, Value = "3"u8.ToArray(), DateDone = DateTimeOffset.UtcNow };

        BytesOf(() =>
        {
            using var buffer = WireBuffer.Rent();
            ResultDocument.Write(buffer.Json, result);
            buffer.Flush();
        }).Should().Be(0);
    }

    private static long BytesOf<T>(T argument, Action<T> call) => BytesOf(() => call(argument));

    private static long BytesOf(Action call)
    {
        const int calls = 200;
        for (var i = 0; i < calls; i++) call(); // fills pools and interned names

        // Tests beside this one rent from the same pools and may leave them empty for a moment: the lowest of some rounds is what the call itself allocates.
        return Enumerable.Range(0, 5).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < calls; i++) call();
            return (GC.GetAllocatedBytesForCurrentThread() - before) / calls;
        });
    }

    private static TaskMessage Sample()
    {
        var id = TaskId.New();
        return new TaskMessage
        {
            Language = "cs",
            TaskName = "tasks.add",
            Id = id,
            RootId = id,
            CorrelationId = id,
            ArgsRepr = "(1, 2)",
            KwargsRepr = "{}",
            Origin = "gen1@host",
            Body = """[[1,2],{},{"callbacks":null,"errbacks":null,"chain":null,"chord":null}]"""u8.ToArray(),
        };
    }
}
