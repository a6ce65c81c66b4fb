using CeleryNet.Diagnostics;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using CeleryNet.Tests.Client.Doubles;

namespace CeleryNet.Tests.Client;

/// <summary>Calls that a worker would refuse are refused before anything is sent.</summary>
public sealed class CallRefusalTests
{
    public static TheoryData<string, Action<CallOptions>, string, string> Refused => new()
    {
        { "empty id", o => o.TaskId = " ", ErrorCodes.InvalidCall, "*TaskId is empty*" },
        { "long id", o => o.TaskId = new string('x', 256), ErrorCodes.InvalidCall, "*TaskId has 256 bytes*255*" },
        { "long id in bytes", o => o.TaskId = new string('é', 128), ErrorCodes.InvalidCall, "*TaskId has 256 bytes*255*" },
        { "eta and countdown", o => (o.Eta, o.Countdown) = (DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(1)), ErrorCodes.InvalidCall, "*both Eta and Countdown*" },
        { "both expiries", o => (o.Expires, o.ExpiresAt) = (TimeSpan.FromSeconds(1), DateTimeOffset.UnixEpoch), ErrorCodes.InvalidCall, "*both Expires and ExpiresAt*" },
        { "expires at once", o => o.Expires = TimeSpan.Zero, ErrorCodes.InvalidCall, "*Expires is 00:00:00*positive*" },
        { "negative limit", o => o.TimeLimit = TimeSpan.FromSeconds(-1), ErrorCodes.InvalidCall, "*TimeLimit is -00:00:01*positive*" },
        { "negative soft limit", o => o.SoftTimeLimit = TimeSpan.FromSeconds(-1), ErrorCodes.InvalidCall, "*SoftTimeLimit is -00:00:01*positive*" },
        { "soft above hard", o => (o.TimeLimit, o.SoftTimeLimit) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)), ErrorCodes.InvalidCall, "*SoftTimeLimit (00:00:02)*TimeLimit (00:00:01)*" },
        { "priority below", o => o.Priority = -1, ErrorCodes.InvalidCall, "*Priority is -1*0 to 255*" },
        { "priority above", o => o.Priority = 256, ErrorCodes.InvalidCall, "*Priority is 256*0 to 255*" },
        { "countdown beyond time", o => o.Countdown = TimeSpan.MaxValue, ErrorCodes.InvalidCall, "*Countdown*9999*" },
        { "header of the protocol", o => o.Headers["eta"] = "x", ErrorCodes.InvalidCall, "*header 'eta'*Celery's own*" },
        { "header without name", o => o.Headers[" "] = "x", ErrorCodes.InvalidCall, "*empty name*" },
        { "header of a foreign type", o => o.Headers["x"] = new object(), ErrorCodes.InvalidCall, "*header 'x'*Object*" },
        { "header not a number", o => o.Headers["x"] = double.NaN, ErrorCodes.InvalidCall, "*header 'x'*" },
        { "header with numeric keys", o => o.Headers["x"] = new Dictionary<int, int> { [1] = 1 }, ErrorCodes.InvalidCall, "*keys are Int32*" },
        { "large header", o => o.Headers["x"] = new string('x', 70_000), ErrorCodes.MessageTooLarge, "*headers have*65536*MaxHeaderBytes*" },
        { "large nested header", o => o.Headers["x"] = new object[] { new string('x', 70_000) }, ErrorCodes.MessageTooLarge, "*MaxHeaderBytes*" },
        { "empty queue", o => o.Queue = "", ErrorCodes.NoRoute, "*queue is empty*" },
        { "long queue", o => o.Queue = new string('q', 256), ErrorCodes.NoRoute, "*queue has 256 bytes*255*" },
        { "long routing key", o => (o.Exchange, o.RoutingKey) = ("e", new string('k', 256)), ErrorCodes.NoRoute, "*routing key has 256 bytes*" },
        { "exchange alone", o => o.Exchange = "ex", ErrorCodes.NoRoute, "*exchange 'ex'*without a routing key*" },
        { "queue and exchange", o => (o.Queue, o.Exchange, o.RoutingKey) = ("q", "ex", "k"), ErrorCodes.NoRoute, "*both queue 'q' and exchange 'ex'*" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Enqueue_WithImpossibleOption_IsRefusedAndNothingSent(string what, Action<CallOptions> configure, string code, string message)
    {
        await using var host = new ClientHost();

        var error = (await FluentActions.Awaiting(() => host.Client.EnqueueAsync(Calls.Add(2, 3), configure)).Should().ThrowAsync<MessageFormatException>(what)).Which;

        error.Code.Should().Be(code);
        error.Message.Should().Match(message).And.StartWith("Task 'tasks.add' was not sent: ");
        host.Broker.Published.Should().BeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task EnqueueByName_WithoutName_IsRefused(string name)
    {
        await using var host = new ClientHost();

        await FluentActions.Awaiting(() => host.Client.EnqueueByNameAsync(name)).Should().ThrowAsync<MessageFormatException>().WithMessage("*name is empty*[CN1008]");
    }

    [Fact]
    public async Task EnqueueByName_NameOfAMegabyte_IsRefusedWithoutRepeatingIt()
    {
        await using var host = new ClientHost();

        var error = (await FluentActions.Awaiting(() => host.Client.EnqueueByNameAsync(new string('x', 1_000_000))).Should().ThrowAsync<MessageFormatException>()).Which;

        error.Code.Should().Be(ErrorCodes.InvalidCall);
        error.Message.Length.Should().BeLessThan(1000);
    }

    [Fact]
    public async Task Enqueue_BodyAboveLimit_IsRefused()
    {
        await using var host = new ClientHost(queue => queue.Configure(options => options.Limits.MaxBodyBytes = 2000));

        await host.Client.EnqueueByNameAsync("t", [new string('x', 1800)]);
        var act = () => host.Client.EnqueueByNameAsync("t", [new string('x', 2000)]);

        (await act.Should().ThrowAsync<MessageFormatException>()).Which.Code.Should().Be(ErrorCodes.MessageTooLarge);
        host.Broker.Published.Should().ContainSingle();
    }

    [Theory]
    [InlineData(62, true)]
    [InlineData(63, false)]
    public async Task Enqueue_NestedArguments_MayBeAsDeepAsAWorkerReads(int levels, bool isSent)
    {
        await using var host = new ClientHost();
        object? value = Enumerable.Repeat("[not counted, since it is text]", 100).ToArray();
        for (var i = 1; i < levels; i++) value = new[] { value };

        var act = () => host.Client.EnqueueByNameAsync("t", [value]);

        if (isSent)
        {
            await act.Should().NotThrowAsync();
            FluentActions.Invoking(() => TaskBody.Read(host.Broker.Only.Message, new WireOptions())).Should().NotThrow();
        }
        else
        {
            await act.Should().ThrowAsync<MessageFormatException>().WithMessage("*nested*64*[CN2003]");
        }
    }

    [Fact]
    public async Task Enqueue_EndlessArguments_AreRefused()
    {
        await using var host = new ClientHost();
        var list = new List<object?>();
        list.Add(list);

        await FluentActions.Awaiting(() => host.Client.EnqueueByNameAsync("t", [list])).Should().ThrowAsync<MessageFormatException>().WithMessage("*[CN2003]");
    }

    [Fact]
    public async Task Enqueue_UnknownCompression_IsRefused()
    {
        await using var host = new ClientHost();

        await FluentActions.Awaiting(() => host.Client.EnqueueAsync(Calls.Add(2, 3), o => o.Compression = "rar")).Should().ThrowAsync<TaskQueueException>().WithMessage("*'rar'*zlib*brotli*");
        host.Broker.Published.Should().BeEmpty();
    }

    [Fact]
    public async Task Enqueue_BodyThatShrinksMoreThanAWorkerBelieves_TravelsUncompressed()
    {
        await using var host = new ClientHost();

        await host.Client.EnqueueByNameAsync("t", [new string('x', 1_000_000)], configure: o => o.Compression = "zlib");

        var message = host.Broker.Only.Message;
        message.Compression.Should().BeNull();
        FluentActions.Invoking(() => TaskBody.Read(message, new WireOptions())).Should().NotThrow();
    }

    [Fact]
    public async Task Enqueue_LimitsOfAttributeAndCallThatContradict_AreRefused()
    {
        await using var host = new ClientHost();
        var call = Calls.Add(new TaskPolicy { SoftTimeLimit = TimeSpan.FromSeconds(10) });

        await FluentActions.Awaiting(() => host.Client.EnqueueAsync(call, o => o.TimeLimit = TimeSpan.FromSeconds(5))).Should().ThrowAsync<MessageFormatException>();
    }

    [Fact]
    public async Task Enqueue_WithCancelledToken_SendsNothing()
    {
        await using var host = new ClientHost();

        await FluentActions.Awaiting(() => host.Client.EnqueueAsync(Calls.Add(2, 3), new CancellationToken(canceled: true))).Should().ThrowAsync<OperationCanceledException>();

        host.Broker.Published.Should().BeEmpty();
    }
}
