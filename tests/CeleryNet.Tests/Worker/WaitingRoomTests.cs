using CeleryNet.Brokers;
using CeleryNet.Control;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Worker;
using CeleryNet.Worker.Loops;
using CeleryNet.Worker.Steps;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CeleryNet.Tests.Worker;

public sealed class WaitingRoomTests
{
    [Fact]
    public async Task Accept_TaskRevokedSinceItWasJudged_EndsAtOnce()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var broker = new RecordingBroker();
        var revocations = new RevocationTable(time);
        var hold = new HoldStep(10, 100_000, time);
        await using var events = new WorkerEventSender(null, new WorkerOptions(), new LamportClock(), new WireOptions(), time, NullLogger.Instance);
        var unstored = new Unstored(10, 100_000, () => { });
        var finisher = new Finisher(broker, new StoreLine(broker, unstored, time, new Random(1), NullLogger.Instance), broker, events, time, new Random(1), NullLogger.Instance);
        var endings = new Endings(finisher, new LostSettlements(), unstored, null, time, NullLogger.Instance);
        var room = new WaitingRoom(
            hold, new DueLoop(hold, _ => { }, () => { }, time), new DiscardStep(revocations, time, NullLogger.Instance), endings, () => { }, TimeSpan.FromSeconds(10), time, NullLogger.Instance);
        var message = WorkerFixture.Message("work", change: message => message.Eta = time.GetUtcNow() + TimeSpan.FromHours(1));
        var request = new TaskRequest(broker, new Delivery { Message = message, Queue = "celery", Generation = 1 }, new QueueDefinition("celery"));

        revocations.Add(Revocation.OfTask(message.Id!));
        room.Accept(request, message.Eta!.Value, CancellationToken.None);

        (await broker.NextAsync()).Should().Be("store REVOKED");
        (await broker.NextAsync()).Should().Be("Acknowledge");
        (hold.Count, hold.Reserved).Should().Be((0, 0));
    }
}
