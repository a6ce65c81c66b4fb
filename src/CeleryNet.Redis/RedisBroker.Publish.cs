using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Publishing;
using CeleryNet.Serialization;
using StackExchange.Redis;

namespace CeleryNet.Redis;

public sealed partial class RedisBroker
{
    // Small enough that the first are under way while the next are encoded, large enough that a command of many pays.
    private const int MostPerPush = 125;
    private const int MostBytesPerPush = 1024 * 1024;

    // Lists with a line of their own; a system has a few queues, a stranger's routing keys may be without end.
    private const int MostLines = 1024;

    // From here on a body is worth a way of its own; most are below 1 KiB.
    private const int LargeBody = 256 * 1024;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, PublishLine> _lines = new();

    /// <inheritdoc/>
    public ValueTask PublishAsync(TaskMessage message, Route route, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfDisposed();
        var push = PushOf(message, route);
        if (LineOf(push) is not { } line) return PublishAloneAsync(push, null, cancellationToken);
        return line.TryEnter(push, cancellationToken, out var answer) ? PublishAloneAsync(push, line, cancellationToken) : answer;
    }

    private async ValueTask PublishAloneAsync(Push push, PublishLine? line, CancellationToken cancellationToken)
    {
        var route = push.Route;
        var started = _time.GetTimestamp();
        var unanswered = 0;
        try
        {
            // Nearly every message finds the connection and the queue's declaration there: one command, one state machine.
            if (IsPlain(push) && _publishing.Current is { } session)
            {
                try
                {
                    await session.Database.ListLeftPushAsync(_keys.List(route.RoutingKey, push.Step), push.Envelope).WaitAsync(_settings.PublishTimeout, cancellationToken).ConfigureAwait(false);
                    return;
                }
                catch (Exception error) when (RedisFailure.IsConnection(error) || RedisFailure.IsWrongServer(error))
                {
                    if (RedisFailure.IsConnection(error) && !RedisFailure.WasNotWritten(error)) unanswered = 1;
                    session.GiveUp(error);
                }
                catch (RedisServerException error)
                {
                    throw Refused([push], new PushFailure(false, RedisFailure.Describe(error), error));
                }
            }
        }
        finally
        {
            line?.Answered();
        }

        var failure = await PushAsync([push], started, unanswered, cancellationToken).ConfigureAwait(false);
        if (failure is not null) throw Refused([push], failure);
    }

    /// <inheritdoc/>
    public async ValueTask PublishManyAsync(IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfDisposed();
        if (messages.Count == 0) return;

        // Chunks that all waited for the connection would go on in any order.
        if (_publishing.Current is null && await ConnectAsync(cancellationToken).ConfigureAwait(false) is { } away)
            throw Refused([.. messages.Select(sent => PushOf(sent.Message, sent.Route))], away);

        // Per list and in order; the chunks travel one behind the other over one connection, without waiting for each other, the first while the next are encoded.
        var sending = new List<(List<Push> Chunk, Task<PushFailure?> Sent)>();
        try
        {
            Send(messages, sending, cancellationToken);
        }
        catch
        {
            // A message that cannot be encoded: those before it are on their way.
            await ((Task)Task.WhenAll(sending.ConvertAll(static part => part.Sent))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        var lost = new List<Push>();
        PushFailure? failure = null;
        foreach (var (chunk, sent) in sending)
        {
            if (await sent.ConfigureAwait(false) is not { } chunkFailure) continue;
            lost.AddRange(chunk);
            failure = failure is null ? chunkFailure : failure with { MayHaveBeenTaken = failure.MayHaveBeenTaken || chunkFailure.MayHaveBeenTaken };
        }

        if (failure is not null) throw Refused(lost, failure);
    }

    /// <returns><c>null</c>, or why there is no connection.</returns>
    private async Task<PushFailure?> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _publishing.GetAsync(_settings.PublishTimeout, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (BrokerUnavailableException error)
        {
            return new PushFailure(false, error.Reason, error);
        }
        catch (ObjectDisposedException error)
        {
            return new PushFailure(false, "the broker is disposed", error);
        }
    }

    private void Send(IReadOnlyList<OutgoingMessage> messages, List<(List<Push> Chunk, Task<PushFailure?> Sent)> sending, CancellationToken cancellationToken)
    {
        var open = new Dictionary<(string Exchange, string RoutingKey, int Step), (List<Push> Chunk, int Bytes)>(1);
        foreach (var (message, route) in messages)
        {
            var push = PushOf(message, route);
            var list = (route.Exchange, route.RoutingKey, push.Step);
            ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(open, list, out var isKnown);
            if (isKnown && (entry.Chunk.Count == MostPerPush || entry.Bytes + push.Envelope.Length > MostBytesPerPush))
            {
                sending.Add((entry.Chunk, PushAsync(entry.Chunk, _time.GetTimestamp(), unanswered: 0, cancellationToken)));
                isKnown = false;
            }

            if (!isKnown) entry = (new List<Push>(Math.Min(messages.Count, MostPerPush)), 0);
            entry.Chunk.Add(push);
            entry.Bytes += push.Envelope.Length;
        }

        foreach (var (chunk, _) in open.Values) sending.Add((chunk, PushAsync(chunk, _time.GetTimestamp(), unanswered: 0, cancellationToken)));
    }

    /// <summary>Pushes messages of one route and step, and sends them a second time when their fate is unknown.</summary>
    /// <param name="pushes">The messages.</param>
    /// <param name="started">Timestamp from which the publish timeout counts.</param>
    /// <param name="unanswered">How often they were written before without an answer.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns><c>null</c>, or why they were not taken.</returns>
    private async Task<PushFailure?> PushAsync(List<Push> pushes, long started, int unanswered, CancellationToken cancellationToken)
    {
        while (true)
        {
            var left = _settings.PublishTimeout - _time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) return new PushFailure(unanswered > 0, $"no answer within {_settings.PublishTimeout.TotalSeconds:0.##} s", null);
            try
            {
                var session = await _publishing.GetAsync(left, cancellationToken).ConfigureAwait(false);
                left = _settings.PublishTimeout - _time.GetElapsedTime(started);
                if (left < RetryDelay) left = RetryDelay;
                return await PushOnceAsync(session, pushes, left, cancellationToken).ConfigureAwait(false)
                    ? null
                    : new PushFailure(false, $"no queue is bound to exchange '{pushes[0].Route.Exchange}' with key '{pushes[0].Route.RoutingKey}'", null);
            }
            catch (BrokerUnavailableException error)
            {
                return new PushFailure(unanswered > 0, error.Reason, error);
            }
            catch (ObjectDisposedException error)
            {
                return new PushFailure(unanswered > 0, "the broker is disposed", error);
            }
            catch (Exception error) when (RedisFailure.IsConnection(error))
            {
                if (!RedisFailure.WasNotWritten(error) && ++unanswered == 2) return new PushFailure(true, RedisFailure.Describe(error), error);
            }
            catch (RedisServerException error) when (!RedisFailure.IsWrongServer(error))
            {
                return new PushFailure(unanswered > 0, RedisFailure.Describe(error), error);
            }
            catch (RedisServerException error)
            {
                // Loading, or a replica now: both may end, or the next endpoint may serve.
                if (_time.GetElapsedTime(started) + RetryDelay >= _settings.PublishTimeout) return new PushFailure(unanswered > 0, RedisFailure.Describe(error), error);
            }

            await Task.Delay(RetryDelay, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>False when no queue is bound.</returns>
    private async Task<bool> PushOnceAsync(RedisSession session, List<Push> pushes, TimeSpan limit, CancellationToken cancellationToken)
    {
        var (route, step) = (pushes[0].Route, pushes[0].Step);
        var binding = DeclareOnce(session, route);
        if (route.Exchange.Length == 0)
        {
            await session.AwaitAsync(PushTo(session, route.RoutingKey, step, pushes), cancellationToken, limit).ConfigureAwait(false);
        }
        else
        {
            var queues = await _store.ResolveAsync(session, route.Exchange, route.RoutingKey, _fanouts.ContainsKey(route.Exchange), cancellationToken).ConfigureAwait(false);
            if (queues.Count == 0) return false;
            var sent = queues.Select(queue => PushTo(session, queue, step, pushes));
            await session.AwaitAsync(Task.WhenAll(sent), cancellationToken, limit).ConfigureAwait(false);
        }

        if (binding is not null) await session.AwaitAsync(binding, cancellationToken, limit).ConfigureAwait(false);
        return true;
    }

    private Task<long> PushTo(RedisSession session, string queue, int step, List<Push> pushes)
    {
        if (_limits.Of(queue) is { } most) return PushBoundedAsync(session, queue, step, pushes, most);
        var list = _keys.List(queue, step);
        if (pushes.Count == 1) return session.Database.ListLeftPushAsync(list, pushes[0].Envelope);
        var envelopes = new RedisValue[pushes.Count];
        for (var i = 0; i < envelopes.Length; i++) envelopes[i] = pushes[i].Envelope;
        return session.Database.ListLeftPushAsync(list, envelopes);
    }

    private async Task<long> PushBoundedAsync(RedisSession session, string queue, int step, List<Push> pushes, long most)
    {
        RedisKey list = _keys.List(queue, step);
        RedisKey[] lists = [list, .. _keys.Lists(queue).Where(other => other != list)];
        return (long)await session.EvaluateAsync(RedisScript.Push, lists, [most, .. pushes.Select(static push => (RedisValue)push.Envelope)], CancellationToken.None).ConfigureAwait(false);
    }

    // The declaration travels ahead of the first message; its answer is awaited together with the message's.
    private Task<bool>? DeclareOnce(RedisSession session, Route route) =>
        IsDeclared(route) ? null : BindOnce(session, route.Queue!); // only a route with a queue is not declared

    private bool IsDeclared(Route route) =>
        route.Queue is not { } queue || (_declared.TryGetValue(queue.Name, out var known) && (ReferenceEquals(known, queue) || known.Equals(queue)));

    private Task<bool> BindOnce(RedisSession session, QueueDefinition queue)
    {
        var bound = Bind(session, queue);
        _declared[queue.Name] = queue;
        return bound;
    }

    private static byte[] Encode(TaskMessage message, Route route) =>
        message.Body.Length > LargeBody ? EncodeLarge(message, route) : Envelope.ToArray(message, route.Exchange, route.RoutingKey, TaskId.NewGuid());

    // Without a second buffer of the body's size, which the pool would keep: the envelope begins with the body, so the rest is written first.
    private static byte[] EncodeLarge(TaskMessage message, Route route)
    {
        var start = "{\"body\":\""u8;
        var rest = message.CopyWithSameBody();
        rest.Body = default;
        using var buffer = WireBuffer.Rent();
        Envelope.Write(buffer.Json, rest, route.Exchange, route.RoutingKey, TaskId.NewGuid());
        buffer.Flush();
        var length = Base64.GetMaxEncodedToUtf8Length(message.Body.Length);
        var envelope = new byte[buffer.Count + length];
        start.CopyTo(envelope);
        Base64.EncodeToUtf8(message.Body.Span, envelope.AsSpan(start.Length, length), out _, out _);
        buffer.Span[start.Length..].CopyTo(envelope.AsSpan(start.Length + length));
        return envelope;
    }

    private Push PushOf(TaskMessage message, Route route)
    {
        if (_keys.FlipsPriorities)
        {
            var priority = _keys.Flip(message.Priority);
            message = message.CopyWithSameBody(); // the caller's own keeps the caller's number
            message.Priority = priority;
        }

        return new Push(message.Id, _keys.Step(message.Priority), route, Encode(message, route));
    }

    // Only what one command carries into one list goes with others; the rest has a way of its own.
    private PublishLine? LineOf(in Push push)
    {
        if (!IsPlain(push) || push.Envelope.Length > LargeBody || _publishing.Current is null) return null;
        var list = _keys.List(push.Route.RoutingKey, push.Step);
        if (_lines.TryGetValue(list, out var line)) return line;
        return _lines.Count >= MostLines
            ? null
            : _lines.GetOrAdd(list, _ => new PublishLine((pushes, since) => PushAsync(pushes, since, unanswered: 0, CancellationToken.None), (one, failure) => Refused([one], failure), _time));
    }

    private bool IsPlain(in Push push) => IsPlain(push.Route);

    private bool IsPlain(in Route route) => route.Exchange.Length == 0 && IsDeclared(route) && _limits.Of(route.RoutingKey) is null;

    // What a consumer may put into its list itself, together with something else.
    private Push? PlainPush(OutgoingMessage next)
    {
        var (message, route) = next;
        return message.Eta is null && message.Body.Length <= LargeBody && IsPlain(route) && _publishing.Current is not null ? PushOf(message, route) : null;
    }

    private PublishException Refused(List<Push> pushes, PushFailure failure)
    {
        var ids = pushes.ConvertAll(static push => push.Id ?? "");
        var what = ids.Count == 1 ? $"Task {ids[0]}" : $"{ids.Count} tasks";
        var outcome = failure.MayHaveBeenTaken
            ? "It was written but not answered, so it may have been taken: when sending again, use the same id."
            : "It was not taken; send it again when the server serves.";
        return new PublishException($"{what} for {RouteText(pushes[0].Route)} was not confirmed by Redis at {Address}: {failure.Reason.TrimEnd('.')}. {outcome}", ids, failure.MayHaveBeenTaken, failure.Cause);
    }

    private static string RouteText(Route route) =>
        route.Exchange.Length == 0 ? $"queue '{route.RoutingKey}'" : $"exchange '{route.Exchange}' with key '{route.RoutingKey}'";
}
