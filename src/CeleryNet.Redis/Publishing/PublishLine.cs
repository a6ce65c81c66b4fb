namespace CeleryNet.Redis.Publishing;

/// <summary>
/// The way of single messages into one list. While few commands are under way each message is one of its own, at once; more wait for the next answer and then travel together,
/// since many in one command cost client and server a third of as many commands.
/// </summary>
/// <param name="push">Pushes messages of this line, the time counted from a timestamp; tells why they were not taken.</param>
/// <param name="refused">The error of one message.</param>
/// <param name="time">Clock.</param>
internal sealed class PublishLine(Func<List<Push>, long, Task<PushFailure?>> push, Func<Push, PushFailure, Exception> refused, TimeProvider time)
{
    // So many callers at once never wait for each other.
    private const int MostInFlight = 16;

    // One command of so many messages, or so many bytes, keeps the server busy for about a millisecond.
    private const int MostPerCommand = 500;
    private const int MostBytesPerCommand = 1024 * 1024;

    // A server that answers nothing for so long gives nobody a turn: who comes then goes alone, with the whole of the publish timeout.
    private static readonly TimeSpan Stall = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly List<WaitingPush> _waiting = []; // messages wait only while MostInFlight commands are under way, each of which takes them along when it ends
    private List<Push>? _spare; // of the last command, empty; the client never sees it
    private int _inFlight;
    private long _lastAnswer;

    /// <summary>True: go at once, and call <see cref="Answered"/> at the end. False: <paramref name="answer"/> is that of a command with others.</summary>
    internal bool TryEnter(in Push message, CancellationToken cancellationToken, out ValueTask answer)
    {
        var now = time.GetTimestamp();
        WaitingPush waiting;
        lock (_gate)
        {
            if (_inFlight < MostInFlight || time.GetElapsedTime(_lastAnswer, now) > Stall)
            {
                if (_inFlight++ == 0) _lastAnswer = now;
                answer = default;
                return true;
            }

            waiting = new WaitingPush(message, now);
            _waiting.Add(waiting);
        }

        answer = waiting.WaitAsync(cancellationToken);
        return false;
    }

    /// <summary>A command has ended, well or not; those that wait are sent.</summary>
    internal void Answered()
    {
        List<WaitingPush>? next = null;
        lock (_gate)
        {
            _lastAnswer = time.GetTimestamp();
            if (--_inFlight < MostInFlight && _waiting.Count > 0)
            {
                next = TakeWaiting();
                _inFlight++;
            }
        }

        if (next is not null) _ = SendAsync(next); // never fails itself: everything it learns goes to the callers
    }

    private List<WaitingPush> TakeWaiting()
    {
        var count = 0;
        for (var bytes = 0; count < _waiting.Count && count < MostPerCommand && bytes < MostBytesPerCommand; count++) bytes += _waiting[count].Push.Envelope.Length;
        var taken = _waiting.GetRange(0, count);
        _waiting.RemoveRange(0, count);
        return taken;
    }

    private async Task SendAsync(List<WaitingPush> taken)
    {
        var pushes = Interlocked.Exchange(ref _spare, null) ?? new List<Push>(taken.Count);
        try
        {
            taken.RemoveAll(static waiting => waiting.IsAnswered); // whose callers have gone
            if (taken.Count == 0) return;
            foreach (var waiting in taken) pushes.Add(waiting.Push);
            var failure = await push(pushes, taken[0].Since).ConfigureAwait(false);
            foreach (var waiting in taken)
            {
                if (failure is null) waiting.Succeed();
                else waiting.Fail(refused(waiting.Push, failure));
            }
        }
        catch (Exception error)
        {
            foreach (var waiting in taken) waiting.Fail(error);
        }
        finally
        {
            pushes.Clear();
            Volatile.Write(ref _spare, pushes);
            Answered();
        }
    }
}
