using System.Threading.Channels;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Scheduling;

/// <summary>
/// The beat of a host. While it leads, it sleeps until the next entry is due, and sends it. Sleeping is measured on the monotonic clock and never longer than the interval at which it looks for
/// changes, so that a step of the wall clock is seen; what is due is a matter of the wall clock alone.
/// </summary>
internal sealed partial class Beat : IAsyncDisposable
{
    private static readonly TimeSpan FaultPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimerStep = TimeSpan.FromMilliseconds(1); // a timer counts whole milliseconds

    private readonly BeatOptions _options;
    private readonly ScheduleBook _book;
    private readonly IScheduleStore _store;
    private readonly BeatSender _sender;
    private readonly Leadership _leadership;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(1);
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _resigning = new();
    private Task _running = Task.CompletedTask;
    private Task _leading = Task.CompletedTask;
    private long _lastTick;
    private volatile bool _isLeading;
    private volatile bool _isChanged;

    internal Beat(BeatOptions options, ScheduleBook book, IScheduleStore store, BeatSender sender, Leadership leadership, TimeProvider time, ILogger logger)
    {
        (_options, _book, _store, _sender, _leadership, _time, _logger) = (options, book, store, sender, leadership, time, logger);
        _lastTick = time.GetTimestamp();
        _timer = time.CreateTimer(static self => ((Beat)self!)._wake.Writer.TryWrite(true), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>True while it sends.</summary>
    internal bool IsLeading => _isLeading;

    /// <summary>How long ago it last looked at its agenda, or, while another leads, heard of the lease.</summary>
    internal TimeSpan TickAge => _time.GetElapsedTime(_isLeading ? Volatile.Read(ref _lastTick) : _leadership.LastAnswer);

    internal void Start() => (_leading, _running) = (_leadership.RunAsync(_resigning.Token), RunAsync(_stopping.Token));

    /// <summary>The schedule was changed in this process: it is read again at once.</summary>
    internal void Wake()
    {
        _isChanged = true;
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Ends what is being sent, and lets another beat lead.</summary>
    internal async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false); // first, so that what is being sent is sent by the leader
        await _resigning.CancelAsync().ConfigureAwait(false);
        await _leading.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
        _resigning.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await LeadAsync(await _leadership.NextTermAsync(stopping).ConfigureAwait(false), stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            finally
            {
                _isLeading = false;
            }
        }
    }

    private async Task LeadAsync(LeaderTerm term, CancellationToken stopping)
    {
        _unsaved.Clear(); // of a former term: somebody else has led since
        Volatile.Write(ref _lastTick, _time.GetTimestamp());
        _isLeading = true;
        Agenda? agenda = null;
        while (!stopping.IsCancellationRequested && _leadership.IsLeading(term))
        {
            try
            {
                agenda ??= await BeginAsync(stopping).ConfigureAwait(false);
                await LookForChangesAsync(agenda, stopping).ConfigureAwait(false);
                await SendDueAsync(agenda, term).ConfigureAwait(false);
                Volatile.Write(ref _lastTick, _time.GetTimestamp());
                await SleepAsync(agenda.Next, stopping).ConfigureAwait(false);
            }
            catch (Exception error) when (!stopping.IsCancellationRequested)
            {
                Log.BeatFailed(_logger, _options.Name, error);
                await Task.Delay(FaultPause, _time, stopping).ConfigureAwait(false);
            }
        }
    }

    private async Task SleepAsync(DateTimeOffset? next, CancellationToken stopping)
    {
        var rest = next - _time.GetUtcNow() ?? _options.ChangeInterval;
        if (rest > _options.ChangeInterval) rest = _options.ChangeInterval;
        if (rest > TimeSpan.Zero) _timer.Change(rest + TimerStep, Timeout.InfiniteTimeSpan);
        else _wake.Writer.TryWrite(true);
        await _wake.Reader.ReadAsync(stopping).ConfigureAwait(false);
    }
}
