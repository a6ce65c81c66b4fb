using System.Globalization;
using CeleryNet.Brokers;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Publishing;
using StackExchange.Redis;

namespace CeleryNet.Redis;

/// <content>Leading, and sending as the leader.</content>
public sealed partial class RedisBroker : ILeaderLease, IFencedPublisher
{
    private static readonly TimeSpan BelievedAhead = TimeSpan.FromHours(25);
    private static readonly TimeSpan SentKept = TimeSpan.FromDays(90);

    /// <inheritdoc/>
    /// <remarks>A key that expires. If the answer is lost, nobody leads until it has.</remarks>
    public async ValueTask<LeaderTerm?> AcquireAsync(string name, string holder, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(holder);
        var token = (long)await AskAsync(
            $"the lease '{name}' was not asked for",
            session => session.EvaluateAsync(RedisScript.Lead, [_keys.Lead(name), _keys.LeadTokens(name)], [holder, Milliseconds(duration)], cancellationToken),
            cancellationToken).ConfigureAwait(false);
        return token == 0 ? null : new LeaderTerm(name, holder, token, duration);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> RenewAsync(LeaderTerm term, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(term);
        return await LeadOnAsync(term, Milliseconds(term.Duration), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(LeaderTerm term, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(term);
        await LeadOnAsync(term, 0, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>One script looks at the lease, at the moments that were sent before, and pushes the message.</remarks>
    public async ValueTask<FencedOutcome> PublishFencedAsync(LeaderTerm term, FencedMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(term);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfDisposed();
        var push = PushOf(message.Message, message.Route);
        var started = _time.GetTimestamp();
        var unanswered = 0;
        while (true)
        {
            try
            {
                var session = await _publishing.GetAsync(_settings.PublishTimeout, cancellationToken).ConfigureAwait(false);
                var outcome = await PushFencedAsync(session, term, message, push, cancellationToken).ConfigureAwait(false);
                return outcome == FencedOutcome.SentBefore && unanswered > 0 ? FencedOutcome.Sent : outcome; // it was this call whose answer was lost
            }
            catch (Exception error) when (RedisFailure.IsConnection(error) || RedisFailure.IsWrongServer(error))
            {
                // Sending again is harmless: the moment is sent once.
                if (RedisFailure.IsConnection(error) && !RedisFailure.WasNotWritten(error)) unanswered++;
                if (_time.GetElapsedTime(started) + RetryDelay >= _settings.PublishTimeout) throw Refused([push], new PushFailure(unanswered > 0, RedisFailure.Describe(error), error));
            }
            catch (RedisServerException error)
            {
                throw Refused([push], new PushFailure(unanswered > 0, RedisFailure.Describe(error), error));
            }

            await Task.Delay(RetryDelay, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<FencedOutcome> PushFencedAsync(RedisSession session, LeaderTerm term, FencedMessage message, Push push, CancellationToken cancellationToken)
    {
        var binding = DeclareOnce(session, push.Route);
        IReadOnlyList<string> queues = push.Route.Exchange.Length == 0
            ? [push.Route.RoutingKey]
            : await _store.ResolveAsync(session, push.Route.Exchange, push.Route.RoutingKey, _fanouts.ContainsKey(push.Route.Exchange), cancellationToken).ConfigureAwait(false);
        if (queues.Count == 0) throw Refused([push], new PushFailure(false, $"no queue is bound to exchange '{push.Route.Exchange}' with key '{push.Route.RoutingKey}'", null));

        // The limits of several queues at once are kept by the next message that goes to each.
        RedisKey list = _keys.List(queues[0], push.Step);
        var most = queues.Count == 1 ? _limits.Of(queues[0]) : null;
        var others = most is null ? queues.Skip(1).Select(queue => (RedisKey)_keys.List(queue, push.Step)) : _keys.Lists(queues[0]).Where(other => other != list);
        RedisValue[] arguments =
        [
            ValueOf(term), message.Subject, message.Moment.ToUnixTimeMilliseconds(), most ?? -1, (long)BelievedAhead.TotalMilliseconds, (long)SentKept.TotalSeconds, push.Envelope,
        ];
        var answer = (long)await session.EvaluateAsync(RedisScript.Fenced, [_keys.Lead(term.Name), _keys.LeadSent(term.Name), list, .. others], arguments, cancellationToken).ConfigureAwait(false);
        if (binding is not null) await session.AwaitAsync(binding, cancellationToken).ConfigureAwait(false);
        return answer switch
        {
            0 => FencedOutcome.NotLeading,
            1 => FencedOutcome.Sent,
            _ => FencedOutcome.SentBefore,
        };
    }

    private async Task<bool> LeadOnAsync(LeaderTerm term, long milliseconds, CancellationToken cancellationToken) => (long)await AskAsync(
        $"the lease '{term.Name}' was not renewed or released",
        session => session.EvaluateAsync(RedisScript.LeadOn, [_keys.Lead(term.Name)], [ValueOf(term), milliseconds], cancellationToken),
        cancellationToken).ConfigureAwait(false) == 1;

    private static string ValueOf(LeaderTerm term) => string.Create(CultureInfo.InvariantCulture, $"{term.Token} {term.Holder}");

    private static long Milliseconds(TimeSpan duration) => Math.Max(1, (long)duration.TotalMilliseconds);
}
