namespace CeleryNet.Sql.Publishing;

/// <summary>What is signalled between processes: a letter for the kind, and a name.</summary>
internal static class Topic
{
    /// <summary>A message of the queue is ready.</summary>
    internal const char Ready = 'm';

    /// <summary>A message of the queue is delayed, so that the next one may be due sooner than was known.</summary>
    internal const char Delayed = 'd';

    /// <summary>A result is stored.</summary>
    internal const char Result = 'r';

    /// <summary>A message was sent to whoever listens to an exchange.</summary>
    internal const char Broadcast = 'b';

    /// <summary>Something is in the outbox.</summary>
    internal const string Outbox = "o";

    internal static string Of(MessageRow row, string queue) => row.Due is null ? ReadyIn(queue) : DelayedIn(queue);

    internal static string ReadyIn(string queue) => Ready + queue;

    internal static string DelayedIn(string queue) => Delayed + queue;
}
