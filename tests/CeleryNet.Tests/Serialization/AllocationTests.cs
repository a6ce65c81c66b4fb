using CeleryNet.Messages;
using CeleryNet.Serialization;

namespace CeleryNet.Tests.Serialization;

/// <summary>Bytes per message on the hot paths. A number that grows needs a reason; one that shrinks is lowered here.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 2000;

    [Fact]
    public void Write_Envelope_AllocatesNothing()
    {
        var message = Envelope.Read(GoldenFile.Envelope("c563/messages/add-plain"), Json.Options).Message;

        PerRound(() =>
        {
            using var buffer = WireBuffer.Rent();
            Envelope.Write(buffer.Json, message, "", "celery", Guid.Empty);
            buffer.Flush();
        }).Should().Be(0);
    }

    [Fact]
    public void Read_Envelope_AllocatesTheMessageAndItsTexts()
    {
        var envelope = GoldenFile.Envelope("c563/messages/add-plain");
        var copies = Enumerable.Range(0, (Rounds * 2) + 10).Select(_ => envelope.ToArray()).GetEnumerator(); // read in place, so each only once

        PerRound(() =>
        {
            copies.MoveNext();
            Envelope.Read(copies.Current, Json.Options);
        }, envelope.Length).Should().BeLessThan(1000);
    }

    [Fact]
    public void Read_BodyAndArguments_AllocatesNothing()
    {
        var message = Envelope.Read(GoldenFile.Envelope("c563/messages/add-plain"), Json.Options).Message;
        var parameters = new ParameterList("Add", 2, "x", "y");

        PerRound(() =>
        {
            var reader = new ArgumentReader(TaskBody.Read(message, Json.Options), parameters, Json.Options);
            var sum = 0;
            while (reader.Read()) sum += reader.Value(WireConverters.Int32);
            sum.GetHashCode();
        }).Should().Be(0);
    }

    [Fact]
    public void New_TaskId_AllocatesItsTextAlone() => PerRound(() => TaskId.New()).Should().Be(96);

    private static long PerRound(Action action, int ofTheTest = 0)
    {
        for (var i = 0; i < Rounds; i++) action(); // warm
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++) action();
        return ((GC.GetAllocatedBytesForCurrentThread() - before) / Rounds) - (ofTheTest > 0 ? ofTheTest + 24 : 0);
    }
}
