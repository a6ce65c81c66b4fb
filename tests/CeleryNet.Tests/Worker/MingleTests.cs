using System.Text;
using System.Text.Json;
using CeleryNet.Brokers;
using CeleryNet.Control;

namespace CeleryNet.Tests.Worker;

/// <summary>What workers tell each other when one starts.</summary>
public sealed class MingleTests : IAsyncDisposable
{
    private readonly ControlFixture _peers = new();
    private JsonElement _hello;

    public ValueTask DisposeAsync() => _peers.DisposeAsync();

    [Fact]
    public async Task Start_TellsWhatItKnowsAsPythonReadsIt()
    {
        _peers.Broker.Kept.Add((Revocation.OfTask("known"), TimeSpan.FromHours(1)));
        await AnswerAsync("""{"w2@host": null}""");

        await _peers.StartAsync();

        var arguments = _hello.GetProperty("arguments");
        arguments.GetProperty("from_node").GetString().Should().Be("w1@host");
        var pair = arguments.GetProperty("revoked").GetProperty("known");
        (pair[0].GetRawText().Contains('.', StringComparison.Ordinal), pair[1].GetString()).Should().Be((true, "known"), "Python takes no whole number for a time");
    }

    [Theory]
    [InlineData("""[7609.346371648, "ID"]""")]
    [InlineData("7609.5")]
    public async Task Start_PeerKnowsARevokedTask_ItDoesNotRun(string known)
    {
        var message = WorkerFixture.Message("tasks.add");
        await AnswerAsync($$$"""{"w2@host": {"revoked": {"{{{message.Id}}}": {{{known}}}}, "clock": 4000}}""");
        await _peers.StartAsync();

        _peers.Broker.Deliver(message);

        (await _peers.Fixture.StepsAsync(2)).Should().Equal("store REVOKED", "Acknowledge");
        (await _peers.AskAsync("clock")).GetProperty("clock").GetInt64().Should().BeGreaterThan(4000);
    }

    [Fact]
    public async Task Start_WhileAPeerHasNotAnswered_NothingIsTakenIn()
    {
        await AnswerAsync(null); // somebody hears it and is silent
        var message = WorkerFixture.Message("tasks.add");
        await _peers.StartAsync();
        _peers.Broker.Deliver(message);

        await _peers.Broker.RevokeAsync(message.Id);
        _peers.Fixture.Time.Advance(TimeSpan.FromSeconds(1));

        (await _peers.Fixture.StepsAsync(2)).Should().Equal("store REVOKED", "Acknowledge");
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"w2@host": {"revoked": [1], "clock": "late"}}""")]
    [InlineData("""{"w2@host": {"revoked": {"\ud800": 1.5}}}""")]
    public async Task Start_PeerAnswersNonsense_GoesOn(string reply)
    {
        await AnswerAsync(reply);
        await _peers.StartAsync();
        _peers.Fixture.Time.Advance(TimeSpan.FromSeconds(1));

        _peers.Broker.Deliver(WorkerFixture.Message("tasks.add"));

        (await _peers.Fixture.StepsAsync(2)).Should().Equal("store SUCCESS", "Acknowledge");
    }

    [Fact]
    public async Task Start_AnotherWorkerHasTheName_Warns()
    {
        await AnswerAsync("""{"w1@host": null}""");

        await _peers.StartAsync();
        await Contracts.Eventually.IsTrueAsync(() => _peers.Fixture.Logger.Of(6009).Any());

        _peers.Fixture.Logger.Of(6009).Should().ContainSingle().Which.Should().Contain("w1@host");
    }

    [Fact]
    public async Task Hello_OfAnother_IsAnsweredAndItsRevocationsAreTaken()
    {
        await _peers.StartAsync();
        var message = WorkerFixture.Message("tasks.add");
        await _peers.Broker.RevokeAsync("own");

        var reply = await _peers.AskAsync("hello", $$$"""{"from_node": "w2@host", "revoked": {"{{{message.Id}}}": [1.5, "{{{message.Id}}}"]}}""");
        _peers.Broker.Deliver(message);

        (await _peers.Fixture.StepsAsync(2)).Should().Equal("store REVOKED", "Acknowledge");
        reply.GetProperty("revoked").EnumerateObject().Select(known => known.Name).Should().BeEquivalentTo("own", message.Id);
        reply.GetProperty("revoked").GetProperty("own")[0].GetRawText().Should().Contain(".");
    }

    [Fact]
    public async Task Hello_OfItsOwnName_IsAnsweredWithNullAndWarnedAbout()
    {
        await _peers.StartAsync();

        var reply = await _peers.AskAsync("hello", """{"from_node": "w1@host", "revoked": {}}""");

        reply.ValueKind.Should().Be(JsonValueKind.Null);
        _peers.Fixture.Logger.Of(6009).Should().ContainSingle();
    }

    // A second listener, so that the worker knows of somebody to wait for.
    private async Task AnswerAsync(string? reply) => await _peers.Broker.ListenAsync(
        new BroadcastQueue("w2@host.celery.pidbox", new BroadcastExchange("celery.pidbox", "fanout", false)),
        async (message, cancellationToken) =>
        {
            var request = JsonElement.Parse(message.Body.Span);
            if (request.GetProperty("method").GetString() != "hello" || !request.TryGetProperty("reply_to", out var address) || _hello.ValueKind != JsonValueKind.Undefined) return;
            _hello = request;
            if (reply is null) return;
            await _peers.Broker.BroadcastAsync(
                new Broadcast
                {
                    Exchange = new BroadcastExchange("reply.celery.pidbox", "direct", false),
                    RoutingKey = address.GetProperty("routing_key").GetString()!,
                    Headers = new Dictionary<string, object?> { ["ticket"] = request.GetProperty("ticket").GetString(), ["clock"] = 1L },
                    Body = Encoding.UTF8.GetBytes(reply),
                },
                cancellationToken);
        },
        CancellationToken.None);
}
