using Microsoft.Extensions.Logging;

namespace CeleryNet.Diagnostics;

/// <summary>Log events of the beat.</summary>
internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Information, "Beat {Beat} leads from {Holder} on, term {Term}")]
    internal static partial void BeatLeads(ILogger logger, string beat, string holder, long term);

    [LoggerMessage(5001, LogLevel.Warning, "Beat {Beat} no longer leads from {Holder}, term {Term} is over: another beat may lead")]
    internal static partial void BeatLeadsNoMore(ILogger logger, string beat, string holder, long term);

    [LoggerMessage(5002, LogLevel.Information, "Beat {Beat} sends {Count} periodic tasks, the schedule is in {Store}")]
    internal static partial void BeatBegins(ILogger logger, string beat, int count, string store);

    [LoggerMessage(5003, LogLevel.Warning, "Beat {Beat} cannot ask for its lease, it keeps trying")]
    internal static partial void BeatLeaseUnreachable(ILogger logger, string beat, Exception error);

    [LoggerMessage(5004, LogLevel.Debug, "Beat {Beat} at {Holder} could not release its lease, which ends by itself: {Reason}")]
    internal static partial void BeatNotReleased(ILogger logger, string beat, string holder, string reason);

    [LoggerMessage(5005, LogLevel.Error, "Beat {Beat} failed because of a fault, it goes on in a second")]
    internal static partial void BeatFailed(ILogger logger, string beat, Exception error);

    [LoggerMessage(5006, LogLevel.Error, "Beat {Beat} cannot reach its schedule in {Store}: it sends what it knows, and if it ended now what was sent meanwhile would be sent again under the same ids")]
    internal static partial void BeatStoreUnreachable(ILogger logger, string beat, string store, Exception error);

    [LoggerMessage(5007, LogLevel.Error, "The schedule file {Path} was damaged and is kept as {Aside}: runs that were due before now are forgotten, as are entries added at run time")]
    internal static partial void ScheduleDamaged(ILogger logger, string path, string aside, Exception error);

    [LoggerMessage(5008, LogLevel.Error, "Periodic task {Entry} in {Store} cannot be used by this host and is not sent by it")]
    internal static partial void BeatEntryUnreadable(ILogger logger, string entry, string store, Exception error);

    [LoggerMessage(5010, LogLevel.Trace, "Periodic task {Entry} {TaskName} was sent for {Moment}")]
    internal static partial void BeatSent(ILogger logger, string entry, string taskName, DateTimeOffset moment);

    [LoggerMessage(5011, LogLevel.Information, "Periodic task {Entry} {TaskName} was sent before for {Moment}, it is not sent again")]
    internal static partial void BeatSentBefore(ILogger logger, string entry, string taskName, DateTimeOffset moment);

    [LoggerMessage(5012, LogLevel.Error, "Periodic task {Entry} cannot be sent for {Moment} and is left out: correct its entry, or the client filter that refused it")]
    internal static partial void BeatEntryRefused(ILogger logger, string entry, DateTimeOffset moment, Exception error);

    [LoggerMessage(5013, LogLevel.Error, "Periodic task {Entry} was not taken by the broker for {Moment}, it is tried again until it is")]
    internal static partial void BeatSendFailed(ILogger logger, string entry, DateTimeOffset moment, Exception error);

    [LoggerMessage(5015, LogLevel.Information, "Periodic task {Entry} {TaskName} was left out for {Moment}, since another task has its unique key")]
    internal static partial void BeatLeftOut(ILogger logger, string entry, string taskName, DateTimeOffset moment);

    [LoggerMessage(5016, LogLevel.Error, "Periodic task {Entry} was sent for {Moment}, but a client filter failed after it")]
    internal static partial void BeatSentButFailed(ILogger logger, string entry, DateTimeOffset moment, Exception error);

    [LoggerMessage(5014, LogLevel.Warning, "Beat {Beat} does not share a lease with others, since {Broker} has none: run one beat only, a second one would send everything twice")]
    internal static partial void BeatAlone(ILogger logger, string beat, string broker);
}
