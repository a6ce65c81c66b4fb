using CeleryNet.Messages;

namespace CeleryNet.Tests.Messages;

public sealed class TaskIdTests
{
    [Fact]
    public void New_Always_IsALowerCaseUuid4() =>
        Enumerable.Range(0, 1000).Select(_ => TaskId.New()).Should().OnlyContain(id => System.Text.RegularExpressions.Regex.IsMatch(id, "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"));

    [Fact]
    public void New_OnManyThreads_NeverRepeats()
    {
        var ids = new System.Collections.Concurrent.ConcurrentBag<Guid>();

        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 5000; i++) ids.Add(TaskId.NewGuid());
        });

        ids.Distinct().Should().HaveCount(40_000);
    }

    [Fact]
    public void NewGuid_ManyIds_EveryFreeBitVaries()
    {
        var ones = new byte[16];
        var zeros = new byte[16];
        for (var i = 0; i < 1000; i++)
        {
            var bytes = TaskId.NewGuid().ToByteArray(bigEndian: true);
            for (var position = 0; position < 16; position++)
            {
                ones[position] |= bytes[position];
                zeros[position] |= (byte)~bytes[position];
            }
        }

        byte[] free = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 0xff, 0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        ones.Zip(zeros, (one, zero) => (byte)(one & zero)).Should().Equal(free);
    }

    [Fact]
    public void Copy_OfAMessage_HasABodyOfItsOwn()
    {
        byte[] body = [1, 2, 3];
        var message = new TaskMessage { TaskName = "t", Body = body };

        var copy = message.Copy();
        body[0] = 9;
        copy.TaskName = "other";

        copy.Body.ToArray().Should().Equal(1, 2, 3);
        message.TaskName.Should().Be("t");
    }

    [Fact]
    public void Copy_OfAMessage_HasWhatFewMessagesHaveForItself()
    {
        var message = new TaskMessage { Eta = DateTimeOffset.UnixEpoch, TimeLimit = TimeSpan.FromSeconds(1), Shadow = "s", ReplacedTaskNesting = 2 };

        var copies = new[] { message.Copy(), message.CopyWithSameBody() };
        (message.Eta, message.TimeLimit, message.Shadow, message.ReplacedTaskNesting) = (null, null, null, 0);

        copies.Select(copy => (copy.Eta, copy.TimeLimit, copy.Shadow, copy.ReplacedTaskNesting)).Should()
            .AllBeEquivalentTo((DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(1), "s", 2));
        message.Eta.Should().BeNull();
    }
}
