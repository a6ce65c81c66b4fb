using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Control;
using CeleryNet.Diagnostics;
using CeleryNet.Redis.Chords;
using CeleryNet.Redis.Connections;
using CeleryNet.Redis.Limiting;
using CeleryNet.Redis.Results;
using CeleryNet.Redis.Revoking;
using CeleryNet.Redis.Scheduling;
using CeleryNet.Results;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace CeleryNet.Redis;

/// <summary>Keeps results in Redis where Celery keeps them: key <c>celery-task-meta-&lt;id&gt;</c>, published on a channel of the same name.</summary>
public sealed partial class RedisResultBackend : IResultBackend, IRevocationStore
{
    private const string TaskKeyPrefix = "celery-task-meta-";

    private readonly RedisConnector _connector;
    private readonly RedisLink _link;
    private readonly ResultWriter _writer;
    private readonly ResultWatch? _watch;
    private readonly RevocationSet _revocations;
    private readonly ScheduleHashes _schedules;
    private readonly RedisPermits _permits;
    private readonly RedisUniqueKeys _uniqueKeys;
    private readonly ChordCounters _chords;
    private readonly string _prefix;
    private readonly RedisKey _taskKeyPrefix; // as bytes, so that a result's key needs no text of its own
    private int _isDisposed;

    /// <summary>Creates the backend without connecting.</summary>
    /// <param name="urls">The servers, to be tried in turn.</param>
    /// <param name="options">How Redis is used; copied. What a URL says wins.</param>
    /// <param name="services">Where <see cref="BrokerSettings"/>, <see cref="TimeProvider"/> and <see cref="ILoggerFactory"/> are looked up; each has a default.</param>
    /// <exception cref="TaskQueueConfigurationException">A URL or an option cannot be used.</exception>
    public RedisResultBackend(IReadOnlyList<ConnectionString> urls, RedisOptions? options = null, IServiceProvider? services = null)
    {
        ArgumentNullException.ThrowIfNull(urls);
        var copy = (options ?? new RedisOptions()).Copy();
        var endpoints = RedisUrl.Apply(urls, copy);
        var settings = services?.GetService(typeof(BrokerSettings)) as BrokerSettings ?? new BrokerSettings();
        var time = services?.GetService(typeof(TimeProvider)) as TimeProvider ?? TimeProvider.System;
        ILogger logger = services?.GetService(typeof(ILoggerFactory)) is ILoggerFactory factory ? factory.CreateLogger<RedisResultBackend>() : NullLogger.Instance;
        _connector = new RedisConnector(endpoints, copy, copy.ConnectTimeout ?? settings.ConnectTimeout, time, Random.Shared, logger);
        _prefix = ResultPrefix(copy.KeyPrefix);
        _taskKeyPrefix = Encoding.UTF8.GetBytes(_prefix + TaskKeyPrefix);
        _revocations = new RevocationSet(_prefix);
        _schedules = new ScheduleHashes(_prefix);
        _permits = new RedisPermits(_prefix, copy.LeaseDuration);
        _uniqueKeys = new RedisUniqueKeys(_prefix);
        _chords = new ChordCounters(_prefix, copy.ResultExpiry, copy.OrderedChords);
        _link = new RedisLink(_connector, "results", needsSubscriptions: true) { SessionEnded = () => _watch?.Restore() };
        _writer = new ResultWriter(_link, copy.ResultExpiry, time);
        _watch = new ResultWatch(_link, KeyOf, time, Random.Shared, logger);
    }

    /// <inheritdoc/>
    public string Address => _connector.Address;

    /// <inheritdoc/>
    public bool IsEnabled => true;

    /// <summary>Seconds for which a result is kept, 0 for ever.</summary>
    internal RedisValue Seconds => _writer.Seconds;

    /// <inheritdoc/>
    public ValueTask StoreAsync(TaskResult result, ReplyAddress reply, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(result);
        ThrowIfDisposed();
        var (key, document) = Document(result);
        return _writer.StoreAsync(key, document, cancellationToken);
    }

    /// <summary>The result as it is stored, and under which key.</summary>
    internal (RedisKey Key, byte[] Document) Document(TaskResult result)
    {
        using var buffer = WireBuffer.Rent();
        ResultDocument.Write(buffer.Json, result);
        buffer.Flush();
        return (((RedisKey)result.TaskId).Prepend(_taskKeyPrefix), buffer.Span.ToArray());
    }

    /// <summary>True when it keeps its results where the connector leads.</summary>
    internal bool IsAt(RedisConnector connector) => _connector.IsSameServer(connector);

    /// <inheritdoc/>
    public async ValueTask<TaskResult?> GetAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        byte[]? document = await RunAsync(session => session.Database.StringGetAsync(KeyOf(taskId)), cancellationToken).ConfigureAwait(false);
        return document is null ? null : ResultDocument.Read(document);
    }

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> SubscribeAsync(string taskId, Action<TaskResult> observer, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        ArgumentNullException.ThrowIfNull(observer);
        ThrowIfDisposed();
        try
        {
            return await _watch!.AddAsync(taskId, observer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (IsOther(error))
        {
            throw Unavailable(error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask ForgetAsync(string taskId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);
        await RunAsync(session => session.Database.KeyDeleteAsync(KeyOf(taskId)), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<string?> OpenReplyQueueAsync(CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public async ValueTask PingAsync(CancellationToken cancellationToken) =>
        await RunAsync(static session => session.Database.PingAsync(), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    /// <remarks>The 50 000 newest are kept.</remarks>
    public async ValueTask AddAsync(IReadOnlyCollection<Revocation> revocations, TimeSpan keep, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(revocations);
        await RunAsync(session => _revocations.AddAsync(session, revocations, keep, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<(Revocation Revocation, TimeSpan Remaining)>> LoadAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return await RunAsync(session => _revocations.LoadAsync(session, limit, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what was handed over, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _writer.DisposeAsync().ConfigureAwait(false);
        if (_watch is not null) await _watch.DisposeAsync().ConfigureAwait(false);
        await _link.DisposeAsync().ConfigureAwait(false);
        _connector.Dispose();
    }

    private string KeyOf(string taskId) => string.Concat(_prefix, TaskKeyPrefix, taskId);

    // Nearly everything may be repeated, so one lost connection is not told to the caller.
    private async Task<T> RunAsync<T>(Func<RedisSession, Task<T>> command, CancellationToken cancellationToken, bool mayBeRepeated = true)
    {
        ThrowIfDisposed();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var session = await _link.GetAsync(_link.CommandTimeout, cancellationToken).ConfigureAwait(false);
                return await session.AwaitAsync(command(session), cancellationToken).ConfigureAwait(false);
            }
            catch (RedisConnectionException error) when (attempt == 1 && (mayBeRepeated || RedisFailure.WasNotWritten(error)))
            {
                // the second attempt connects anew
            }
            catch (Exception error) when (IsOther(error))
            {
                throw Unavailable(error);
            }
        }
    }

    private static bool IsOther(Exception error) => error is not (OperationCanceledException or ObjectDisposedException);

    private BrokerUnavailableException Unavailable(Exception error) =>
        new(ErrorCodes.ResultsUnavailable, $"The results in Redis at {Address} cannot be reached: {RedisFailure.Describe(error)}. Check the server and its address.", error);

    // Celery, RedisBackend: an underscore is put between prefix and key unless one of these characters is there.
    private static string ResultPrefix(string prefix) => prefix.Length == 0 || ":_-.".Contains(prefix[^1], StringComparison.Ordinal) ? prefix : $"{prefix}_";

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
}
