using System.Diagnostics;
using CeleryNet.Diagnostics;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Scheduling;

/// <summary>
/// Keeps the schedule in a file, also of several processes on one machine. It is written anew beside the old one, brought to disk and renamed, so that there is never half a file. One that
/// cannot be read is kept aside.
/// </summary>
internal sealed class FileScheduleStore : IScheduleStore, IDisposable
{
    private static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(5);

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Dictionary<string, ScheduleTable> _beats = [];
    private (DateTime Written, long Length) _seen;

    internal FileScheduleStore(string path, TimeProvider time, ILogger logger) => (_path, _time, _logger) = (Path.GetFullPath(path), time, logger);

    public string Location => _path;

    public ValueTask<StoredSchedule> LoadAsync(string beat, CancellationToken cancellationToken) =>
        UseAsync(beat, table => (table.ToSchedule(), false), cancellationToken, isRead: true);

    public async ValueTask SaveAsync(string beat, IReadOnlyCollection<StoredEntry> entries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entries);
        await UseAsync(
            beat,
            table =>
            {
                table.Save(entries);
                return (true, true);
            },
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<bool> RemoveAsync(string beat, string name, CancellationToken cancellationToken) => UseAsync(
        beat,
        table =>
        {
            var isRemoved = table.Remove(name);
            return (isRemoved, isRemoved);
        },
        cancellationToken);

    public async ValueTask SaveProgressAsync(string beat, IReadOnlyCollection<EntryProgress> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        await UseAsync(
            beat,
            table =>
            {
                table.Save(progress);
                return (true, true);
            },
            cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<long> GetVersionAsync(string beat, CancellationToken cancellationToken) => UseAsync(beat, table => (table.Version, false), cancellationToken);

    public void Dispose() => _turn.Dispose();

    // One at a time in this process, and, while the file is changed, on this machine.
    private async ValueTask<T> UseAsync<T>(string beat, Func<ScheduleTable, (T Answer, bool IsChanged)> use, CancellationToken cancellationToken, bool isRead = false)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // The clock of the file system is coarse: where it matters the file is read, whatever its time says.
            if (isRead) _seen = default;
            if (_seen != default && StampOf() == _seen)
            {
                var known = use(TableOf(beat));
                if (!known.IsChanged) return known.Answer;
                _seen = default; // if writing fails, what was changed here is forgotten
            }

            using var held = await LockAsync(cancellationToken).ConfigureAwait(false);
            Read();
            var (answer, isChanged) = use(TableOf(beat));
            if (isChanged) Write();
            _seen = StampOf();
            return answer;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _seen = default;
            throw new BrokerUnavailableException(
                ErrorCodes.ScheduleUnavailable, $"The schedule file '{_path}' cannot be used: {error.Message} Check its folder and the room on its disk, or set TaskQueue:Beat:StateFile.", error);
        }
        finally
        {
            _turn.Release();
        }
    }

    private ScheduleTable TableOf(string beat) => _beats.TryGetValue(beat, out var table) ? table : _beats[beat] = new ScheduleTable();

    // A file of its own, since the other one is replaced.
    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        if (Path.GetDirectoryName(_path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(_path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(started) < LockLimit)
            {
                await Task.Delay(LockPause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void Read()
    {
        var stamp = StampOf();
        if (stamp == _seen && _seen != default) return;
        _beats = [];
        if (stamp == default) return;
        try
        {
            _beats = ScheduleFile.Read(File.ReadAllBytes(_path));
        }
        catch (FormatException error)
        {
            var aside = $"{_path}.damaged-{_time.GetUtcNow():yyyyMMddTHHmmssfff}";
            File.Move(_path, aside);
            Log.ScheduleDamaged(_logger, _path, aside, error);
        }
    }

    private void Write()
    {
        var next = _path + ".new";
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(ScheduleFile.Write(_beats));
            file.Flush(flushToDisk: true);
        }

        File.Move(next, _path, overwrite: true);
    }

    private (DateTime Written, long Length) StampOf()
    {
        var file = new FileInfo(_path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
