using System.Threading.Channels;
using CeleryNet.Brokers;

namespace CeleryNet.Contracts;

/// <summary>What every <see cref="IBroadcaster"/> promises: whoever listens gets each message once and in order, whoever does not is no error.</summary>
/// <remarks>A test sends a marker behind what must not come; the marker must be what comes next.</remarks>
public abstract class BroadcastContract : IAsyncLifetime
{
    private readonly string _name = $"tests-{Guid.NewGuid():N}";
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly HashSet<string> _exchanges = [];
    private IBroadcaster? _sender;

    /// <summary>The peer that sends; made when first used.</summary>
    protected IBroadcaster Sender => _sender ??= NewPeer();

    /// <inheritdoc/>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        foreach (var owned in Enumerable.Reverse(_owned)) await owned.DisposeAsync().AsTask().Within();
        if (_owned.Count > 0) await DeleteExchangesAsync([.. _exchanges]);
    }

    [SkippableFact]
    public async Task Broadcast_NobodyListens_IsNoError()
    {
        await SendAsync(Fanout, "into the void");
        var listener = await ListenAsync(NewPeer(), new BroadcastQueue($"{_name}.late", Fanout));
        await SendAsync(Fanout, "heard");

        Text(await listener.NextAsync()).Should().Be("heard", "nothing is kept for who did not listen");
    }

    [SkippableFact]
    public async Task Broadcast_SeveralListeners_EachGetsItWhole()
    {
        var first = await ListenAsync(NewPeer(), new BroadcastQueue($"{_name}.1", Fanout));
        var second = await ListenAsync(NewPeer(), new BroadcastQueue($"{_name}.2", Fanout));
        var sent = new Broadcast
        {
            Exchange = Fanout,
            Headers = new Dictionary<string, object?> { ["clock"] = 5_000_000_000L, ["expires"] = 1795333942.5, ["ticket"] = null, ["text"] = "ü", ["yes"] = true },
            Body = "{\"method\":\"ping\",\"ü\":1}"u8.ToArray(),
        };

        await Sender.BroadcastAsync(sent, CancellationToken.None).Within();

        foreach (var listener in new[] { first, second })
        {
            var received = await listener.NextAsync();
            received.Body.ToArray().Should().Equal(sent.Body.ToArray());
            received.Headers.Should().BeEquivalentTo(sent.Headers);
            received.ContentType.Should().Be(sent.ContentType);
            received.ContentEncoding.Should().Be(sent.ContentEncoding);
            received.Exchange.Should().Be(Fanout);
        }
    }

    [SkippableFact]
    public async Task Listen_ByTheSameNameTwice_EachGetsEverything()
    {
        var queue = new BroadcastQueue($"{_name}.same", Fanout);
        var first = await ListenAsync(NewPeer(), queue);
        var second = await ListenAsync(NewPeer(), queue);

        for (var i = 0; i < 4; i++) await SendAsync(Fanout, $"{i}");

        (await first.NextAsync(4)).Select(Text).Should().Equal("0", "1", "2", "3");
        (await second.NextAsync(4)).Select(Text).Should().Equal("0", "1", "2", "3");
    }

    [SkippableFact]
    public async Task Listen_TopicPattern_GetsWhatMatches()
    {
        var workers = await ListenAsync(NewPeer(), new BroadcastQueue($"{_name}.workers", Topic, "worker.#"));
        var all = await ListenAsync(NewPeer(), new BroadcastQueue($"{_name}.all", Topic, "#"));

        await SendAsync(Topic, "no", "task.received");
        await SendAsync(Topic, "yes", "worker.heartbeat");

        var match = await workers.NextAsync();
        Text(match).Should().Be("yes");
        match.RoutingKey.Should().Be("worker.heartbeat");
        (await all.NextAsync(2)).Select(Text).Should().Equal("no", "yes");
    }

    [SkippableFact]
    public async Task Listen_DirectExchange_GetsItsKeyAlone()
    {
        var mine = await ListenAsync(NewPeer(), new BroadcastQueue($"{_name}.mine", Direct, "mine"));

        await SendAsync(Direct, "no", "other");
        await SendAsync(Direct, "yes", "mine");

        Text(await mine.NextAsync()).Should().Be("yes");
    }

    [SkippableFact]
    public async Task Listen_SlowReceiver_IsCalledForOneAfterTheOther()
    {
        const int Count = 30;
        var running = 0;
        var overlaps = 0;
        var received = Channel.CreateUnbounded<string>();
        _owned.Add(await NewPeer().ListenAsync(
            new BroadcastQueue($"{_name}.slow", Fanout),
            async (message, _) =>
            {
                if (Interlocked.Increment(ref running) > 1) Interlocked.Increment(ref overlaps);
                await Task.Yield();
                Interlocked.Decrement(ref running);
                received.Writer.TryWrite(Text(message));
            },
            CancellationToken.None).Within());

        for (var i = 0; i < Count; i++) await SendAsync(Fanout, $"{i}");

        (await received.Reader.NextAsync(Count)).Should().Equal(Enumerable.Range(0, Count).Select(i => $"{i}"));
        overlaps.Should().Be(0);
    }

    [SkippableFact]
    public async Task Listen_ReceiverThrows_GoesOn()
    {
        var received = Channel.CreateUnbounded<string>();
        _owned.Add(await NewPeer().ListenAsync(
            new BroadcastQueue($"{_name}.throws", Fanout),
            (message, _) =>
            {
                if (Text(message) == "bad") throw new InvalidDataException("bad");
                received.Writer.TryWrite(Text(message));
                return default;
            },
            CancellationToken.None).Within());

        await SendAsync(Fanout, "bad");
        await SendAsync(Fanout, "good");

        (await received.Reader.NextAsync()).Should().Be("good");
    }

    [SkippableFact]
    public async Task Listen_Disposed_HearsNothingMore()
    {
        var heard = 0;
        var ended = await NewPeer().ListenAsync(
            new BroadcastQueue($"{_name}.ended", Fanout),
            (_, _) =>
            {
                Interlocked.Increment(ref heard);
                return default;
            },
            CancellationToken.None).Within();
        var other = await ListenAsync(NewPeer(), new BroadcastQueue($"{_name}.other", Fanout));

        await ended.DisposeAsync().AsTask().Within();
        await SendAsync(Fanout, "after");
        await other.NextAsync();

        heard.Should().Be(0);
    }

    [SkippableFact]
    public async Task Listen_DisposedByItsReceiver_Ends()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        IAsyncDisposable? subscription = null;
        subscription = await NewPeer().ListenAsync(
            new BroadcastQueue($"{_name}.self", Fanout),
            async (_, _) =>
            {
                await subscription!.DisposeAsync(); // set before anything is sent
                ended.TrySetResult();
            },
            CancellationToken.None).Within();

        await SendAsync(Fanout, "stop");

        await ended.Task.Within();
    }

    /// <summary>A fanout exchange like <c>celery.pidbox</c>.</summary>
    protected BroadcastExchange Fanout => Exchange("fanout", isDurable: false);

    /// <summary>A topic exchange like <c>celeryev</c>.</summary>
    protected BroadcastExchange Topic => Exchange("topic", isDurable: true);

    /// <summary>A direct exchange like <c>reply.celery.pidbox</c>.</summary>
    protected BroadcastExchange Direct => Exchange("direct", isDurable: false);

    /// <summary>
    /// Makes a broker under test, which must be an <see cref="IBroadcaster"/>. Called for each peer, and all must reach one another: a broker inside the process returns the same one each time.
    /// </summary>
    protected abstract IBroker CreateBroker();

    /// <summary>Removes the exchanges from the server; the brokers are disposed already.</summary>
    protected virtual Task DeleteExchangesAsync(IReadOnlyList<string> names) => Task.CompletedTask;

    private BroadcastExchange Exchange(string type, bool isDurable)
    {
        var name = $"{_name}.{type}";
        _exchanges.Add(name);
        return new BroadcastExchange(name, type, isDurable);
    }

    private IBroadcaster NewPeer()
    {
        var broker = CreateBroker();
        _owned.Add(broker);
        return (IBroadcaster)broker;
    }

    private async Task<ChannelReader<Broadcast>> ListenAsync(IBroadcaster peer, BroadcastQueue queue)
    {
        var received = Channel.CreateUnbounded<Broadcast>();
        _owned.Add(await peer.ListenAsync(
            queue,
            (message, _) =>
            {
                received.Writer.TryWrite(message);
                return default;
            },
            CancellationToken.None).Within());
        return received.Reader;
    }

    private async Task SendAsync(BroadcastExchange exchange, string text, string routingKey = "") =>
        await Sender.BroadcastAsync(new Broadcast { Exchange = exchange, RoutingKey = routingKey, Body = System.Text.Encoding.UTF8.GetBytes(text) }, CancellationToken.None).Within();

    private static string Text(Broadcast message) => System.Text.Encoding.UTF8.GetString(message.Body.Span);
}
