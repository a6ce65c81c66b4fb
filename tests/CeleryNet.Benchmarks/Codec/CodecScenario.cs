using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Tasks;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;

namespace CeleryNet.Benchmarks.Codec;

/// <summary>What a message costs to write and to read, without any broker.</summary>
/// <remarks>
/// A harness of its own and not BenchmarkDotNet: the rows stand in one table with those of the brokers, and a run of all takes seconds instead of minutes, which is what gets it run on every change.
/// </remarks>
internal static class CodecScenario
{
    private static readonly WireOptions Options = new();

    internal static Task<IReadOnlyList<Row>> RunAsync(Settings settings)
    {
        var message = SampleMessages.Create("");
        var envelope = SampleMessages.Envelopes(1, "celery")[0];
        var copy = new byte[envelope.Length];
        var table = Received(HeaderTable.Write(message));
        var body = TaskBody.Read(message, Options);
        var result = new TaskResult { TaskId = message.Id!, State = TaskStates.Success, Value = "3"u8.ToArray(), DateDone = DateTimeOffset.UtcNow };
        var document = Write(buffer => ResultDocument.Write(buffer.Json, result));
        var signature = BenchTasks.AddTask(1, 2);
        var contest = new Contest("codec", settings);

        void Add(string name, Action call) => contest.Add(new CodecOperation(name, call));

        Add("task id", () => TaskId.New());
        Add("arguments write", () =>
        {
            using var buffer = WireBuffer.Rent();
            signature.Arguments.WritePositional(new ArgumentWriter(buffer.Json, Options));
            buffer.Flush();
        });
        Add("argsrepr of (1, 2)", () => PythonRepr.OfTuple("[1,2]"u8));
        Add("envelope write", () =>
        {
            using var buffer = WireBuffer.Rent();
            Envelope.Write(buffer.Json, message, "", "celery", TaskId.NewGuid());
            buffer.Flush();
        });
        Add("envelope as array", () => Envelope.ToArray(message, "", "celery", TaskId.NewGuid()));
        Add("envelope read", () =>
        {
            envelope.CopyTo(copy, 0); // reading decodes in place
            Envelope.Read(copy, Options);
        });
        Add("envelope copy, part of the read above", () => envelope.CopyTo(copy, 0));
        Add("AMQP header table write", () => HeaderTable.Write(message));
        Add("AMQP header table read", () => HeaderTable.Read(new TaskMessage(), table, Options));
        Add("body read", () => TaskBody.Read(message, Options));
        Add("arguments read", () => ReadArguments(body));
        Add("result document write", () =>
        {
            using var buffer = WireBuffer.Rent();
            ResultDocument.Write(buffer.Json, result);
            buffer.Flush();
        });
        Add("result document read", () => ResultDocument.Read(document));
        return contest.RunAsync(1);
    }

    // AMQP delivers long strings as bytes, and numbers as it likes.
    private static Dictionary<string, object?> Received(Dictionary<string, object?> sent) =>
        sent.ToDictionary(pair => pair.Key, pair => pair.Value is string text ? System.Text.Encoding.UTF8.GetBytes(text) : pair.Value);

    private static byte[] Write(Action<WireBuffer> write)
    {
        using var buffer = WireBuffer.Rent();
        write(buffer);
        buffer.Flush();
        return buffer.Span.ToArray();
    }

    private static int ReadArguments(in TaskBody body)
    {
        var arguments = new ArgumentReader(body, Parameters, Options);
        var sum = 0;
        while (arguments.Read()) sum += arguments.Value(WireConverters.Int32);
        return sum;
    }

    private static readonly ParameterList Parameters = new("Add", 2, "x", "y");
}
