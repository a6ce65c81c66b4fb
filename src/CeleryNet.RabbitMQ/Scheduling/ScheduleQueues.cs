using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using CeleryNet.Diagnostics;
using CeleryNet.RabbitMQ.Connections;
using CeleryNet.Scheduling;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace CeleryNet.RabbitMQ.Scheduling;

/// <summary>
/// The schedules of beats, each in a queue that nobody consumes: one message with the whole schedule, then what the beat has sent since, and now and then one message in the place of all. Entries are
/// changed while the queue is held; progress is added without, since it only grows and its order does not matter. In a second queue there is a message for each change of an entry: how many there are
/// is the version, which the server tells without moving anything.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The semaphore holds no handle, and a late caller may still wait for it.")]
internal sealed class ScheduleQueues(SharedConnection connections, string address, TimeProvider time)
{
    private const string Prefix = "celerynet.schedule.";
    private const string Changes = ".changes";
    private const string Whole = "schedule";
    private const string Progress = "progress";
    private const int MostMessages = 100; // more are put together
    private const int MostChanges = 1000; // then the count begins anew: far enough from the number that somebody has just seen

    private static readonly TimeSpan HoldLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan HoldPause = TimeSpan.FromMilliseconds(30);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, IChannel> _channels = []; // by beat, for progress
    private int _added;

    internal Task<StoredSchedule> LoadAsync(string beat, CancellationToken cancellationToken) => AskAsync(
        beat,
        async connection =>
        {
            // The version first: a change in between is seen when it is asked for next.
            var version = await WithChangesAsync(connection, beat, static (_, count) => Task.FromResult(count)).ConfigureAwait(false);
            var schedule = await UseAsync(connection, beat, static table => (table.ToSchedule(), false), cancellationToken).ConfigureAwait(false);
            return schedule with { Version = version };
        },
        cancellationToken);

    internal Task<bool> SaveAsync(string beat, IReadOnlyCollection<StoredEntry> entries, CancellationToken cancellationToken) => AskAsync(
        beat,
        connection => UseAsync(
            connection,
            beat,
            table =>
            {
                table.Save(entries);
                return (true, true);
            },
            cancellationToken),
        cancellationToken);

    internal Task<bool> RemoveAsync(string beat, string name, CancellationToken cancellationToken) => AskAsync(
        beat,
        connection => UseAsync(
            connection,
            beat,
            table =>
            {
                var isRemoved = table.Remove(name);
                return (isRemoved, isRemoved);
            },
            cancellationToken),
        cancellationToken);

    internal Task<bool> SaveAsync(string beat, IReadOnlyCollection<EntryProgress> progress, CancellationToken cancellationToken) => AskAsync(
        beat,
        async connection =>
        {
            if (!_channels.TryGetValue(beat, out var channel) || !channel.IsOpen)
            {
                _channels[beat] = channel = await ScheduleHold.OpenChannelAsync(connection).ConfigureAwait(false);
                await ScheduleHold.DeclareAsync(connection, channel, Prefix + beat).ConfigureAwait(false);
            }

            await ScheduleHold.PublishAsync(connection, channel, Prefix + beat, Progress, "", StoredScheduleJson.Write(progress), DeliveryModes.Persistent).ConfigureAwait(false);
            if (++_added % MostMessages == 0) await UseAsync(connection, beat, static _ => (true, false), cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    internal Task<long> GetVersionAsync(string beat, CancellationToken cancellationToken) =>
        AskAsync(beat, connection => WithChangesAsync(connection, beat, static (_, count) => Task.FromResult(count)), cancellationToken);

    private async Task<T> UseAsync<T>(RabbitMQConnection connection, string beat, Func<ScheduleTable, (T Answer, bool IsChanged)> use, CancellationToken cancellationToken)
    {
        var hold = await HoldAsync(connection, Prefix + beat, cancellationToken).ConfigureAwait(false);
        await using var release = hold.ConfigureAwait(false);
        var messages = await hold.ReadAsync().ConfigureAwait(false);
        var (table, number) = Read(messages);
        var (answer, isChanged) = use(table);

        // Told before it is so: whoever sees the new version waits for the queue to be free, and reads what was written, or what there was if nothing could be written.
        if (isChanged) await TellAsync(connection, beat).ConfigureAwait(false);
        if (isChanged || messages.Count > MostMessages)
            await hold.ReplaceAsync(Whole, (number + 1).ToString(CultureInfo.InvariantCulture), StoredScheduleJson.Write(table.ToSchedule())).ConfigureAwait(false);
        return answer;
    }

    private async Task<ScheduleHold> HoldAsync(RabbitMQConnection connection, string queue, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            if (await ScheduleHold.TryOpenAsync(connection, queue).ConfigureAwait(false) is { } hold) return hold;
            if (time.GetElapsedTime(started) > HoldLimit) throw new TimeoutException($"another process has held it for {HoldLimit.TotalSeconds:0} s");
            await Task.Delay(HoldPause * (0.5 + Random.Shared.NextDouble()), time, cancellationToken).ConfigureAwait(false);
        }
    }

    // Two whole schedules are there when somebody died between writing the one and taking the other away: the greater number is the later one.
    private static (ScheduleTable Table, long Number) Read(IReadOnlyList<HeldMessage> messages)
    {
        var whole = messages.Where(static message => message.Kind == Whole).MaxBy(NumberOf);
        var table = whole is null ? new ScheduleTable() : ScheduleTable.Of(StoredScheduleJson.ReadSchedule(whole.Body));
        foreach (var message in messages.Where(static message => message.Kind == Progress)) table.Save(StoredScheduleJson.ReadProgress(message.Body));
        return (table, whole is null ? 0 : NumberOf(whole));
    }

    private static long NumberOf(HeldMessage message) => long.Parse(message.Id, NumberStyles.None, CultureInfo.InvariantCulture);

    private static Task<bool> TellAsync(RabbitMQConnection connection, string beat) => WithChangesAsync(connection, beat, async (channel, count) =>
    {
        var queue = Prefix + beat + Changes;
        if (count >= MostChanges) await connection.AskAsync(channel.QueuePurgeAsync(queue)).ConfigureAwait(false);
        await ScheduleHold.PublishAsync(connection, channel, queue, "change", "", ReadOnlyMemory<byte>.Empty, DeliveryModes.Persistent).ConfigureAwait(false);
        return true;
    });

    private static async Task<T> WithChangesAsync<T>(RabbitMQConnection connection, string beat, Func<IChannel, long, Task<T>> use)
    {
        var channel = await ScheduleHold.OpenChannelAsync(connection).ConfigureAwait(false);
        var answer = await use(channel, await ScheduleHold.DeclareAsync(connection, channel, Prefix + beat + Changes).ConfigureAwait(false)).ConfigureAwait(false);
        await connection.AskAsync(channel.CloseAsync()).ConfigureAwait(false);
        return answer;
    }

    private async Task<T> AskAsync<T>(string beat, Func<RabbitMQConnection, Task<T>> ask, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false); // one at a time of this process: others would only be turned away by the server
        try
        {
            return await ask(await connections.GetAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode == CloseReasons.AccessRefused)
        {
            throw new TaskQueueConfigurationException(
                ErrorCodes.InvalidConfiguration,
                $"The queues of schedule '{Printable.Limit(beat)}' on RabbitMQ at {address} cannot be used: the user may not ({Printable.Limit(error.ShutdownReason.ReplyText)}). "
                    + $"Grant it the permissions to configure, write and read queues named {Prefix}*, or keep the schedule elsewhere: TaskQueue:Beat:StateFile.",
                error);
        }
        catch (FormatException error)
        {
            throw new BrokerUnavailableException(
                ErrorCodes.ScheduleUnavailable,
                $"Queue '{Prefix}{Printable.Limit(beat)}' on RabbitMQ at {address} holds a message that is no schedule of this version: {Printable.Limit(error.Message)} Update this host, or delete the queue; what was added at run time is lost then.",
                error);
        }
        catch (Exception error) when (error is not (TaskQueueException or OperationCanceledException or ObjectDisposedException))
        {
            throw new BrokerUnavailableException(
                ErrorCodes.ScheduleUnavailable, $"Schedule '{Printable.Limit(beat)}' on RabbitMQ at {address} cannot be read or changed: {CloseReasons.Describe(error)}", error);
        }
        finally
        {
            _turn.Release();
        }
    }
}
