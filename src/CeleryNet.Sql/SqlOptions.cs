namespace CeleryNet.Sql;

/// <summary>How CeleryNet uses a database. The same class serves the broker, the results and the outbox.</summary>
public sealed class SqlOptions
{
    /// <summary>How long a worker may stay silent before its messages are handed to others. It renews every third of this.</summary>
    /// <value>Default 20 seconds, at least 1 second.</value>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long one command may take, waiting for locks of others included, before it is tried again or given up.</summary>
    /// <value>Default 5 seconds, at least 100 milliseconds.</value>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many messages one claim takes at most; never more than the worker has room for.</summary>
    /// <value>Default 100, from 1 to 1000.</value>
    public int MaxBatch { get; set; } = 100;

    /// <summary>How long a completion may wait for others to travel with. While a batch is on its way the next one collects in any case.</summary>
    /// <value>Default 2 milliseconds, at most 1 second; zero sends each as soon as the one before is written.</value>
    public TimeSpan SettleDelay { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>True (default): tables are created and brought up to date when first used. False: they must be there, see <see cref="SqlSchema"/>; a missing or older schema is refused.</summary>
    public bool ManagesSchema { get; set; } = true;

    /// <summary>PostgreSQL: the schema of the tables. SQLite has none; there the names of the tables begin with <c>celerynet_</c>.</summary>
    /// <value>Default <c>celerynet</c>; letters, digits and underscores, at most 48. Option <c>schema</c> of the URL.</value>
    public string Schema { get; set; } = "celerynet";

    /// <summary>
    /// SQLite: true (default) writes every transaction through to the disk, so that nothing is lost when the machine loses power. False is faster: a killed process still loses nothing, but the
    /// last transactions may be lost with the machine.
    /// </summary>
    /// <value>Option <c>synchronous</c> of the URL: <c>full</c> or <c>normal</c>.</value>
    public bool SurvivesPowerLoss { get; set; } = true;

    /// <summary>SQLite: how soon an idle process notices what another process wrote. A look costs a few microseconds and touches no disk; what the same process writes is noticed at once.</summary>
    /// <value>Default 20 milliseconds, from 1 millisecond to 1 minute.</value>
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long results are kept: Celery's <c>result_expires</c>. <c>null</c> or zero keeps them for ever.</summary>
    /// <value>Default 1 day.</value>
    public TimeSpan? ResultExpiry { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// True: what Python producers send by Celery's SQL transport (broker URL <c>sqla+sqlite:///…</c> or <c>sqla+postgresql://…</c>) to queues of this database is moved into the queues of the same names, when a
    /// worker of this process consumes them. Python workers on that transport see nothing of what .NET sends.
    /// </summary>
    /// <value>Default false. Option <c>kombu</c> of the URL: <c>true</c> or <c>false</c>.</value>
    public bool TakesFromKombu { get; set; }

    /// <summary>How often kombu's tables are looked at, where <see cref="TakesFromKombu"/> is set: Python tells nobody that it has sent. Changes of a SQLite file are noticed within <see cref="WatchInterval"/> besides.</summary>
    /// <value>Default 100 milliseconds, from 10 milliseconds to 1 minute. Celery's own workers look once a second.</value>
    public TimeSpan KombuInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    internal SqlOptions Copy() => (SqlOptions)MemberwiseClone();

    internal IEnumerable<string> Failures()
    {
        if (LeaseDuration < TimeSpan.FromSeconds(1)) yield return $"Sql.LeaseDuration is {LeaseDuration} but must be at least 1 second";
        if (CommandTimeout < TimeSpan.FromMilliseconds(100)) yield return $"Sql.CommandTimeout is {CommandTimeout} but must be at least 100 milliseconds";
        if (MaxBatch is < 1 or > 1000) yield return $"Sql.MaxBatch is {MaxBatch} but must be from 1 to 1000";
        if (SettleDelay < TimeSpan.Zero || SettleDelay > TimeSpan.FromSeconds(1)) yield return $"Sql.SettleDelay is {SettleDelay} but must be from 0 to 1 second";
        if (WatchInterval < TimeSpan.FromMilliseconds(1) || WatchInterval > TimeSpan.FromMinutes(1)) yield return $"Sql.WatchInterval is {WatchInterval} but must be from 1 millisecond to 1 minute";
        if (ResultExpiry is { } expiry && expiry < TimeSpan.Zero) yield return $"Sql.ResultExpiry is {expiry} but must not be negative";
        if (KombuInterval < TimeSpan.FromMilliseconds(10) || KombuInterval > TimeSpan.FromMinutes(1)) yield return $"Sql.KombuInterval is {KombuInterval} but must be from 10 milliseconds to 1 minute";
        if (!IsName(Schema)) yield return $"Sql.Schema is '{CeleryNet.Diagnostics.Printable.Limit(Schema)}' but must have 1 to 48 letters, digits or underscores and not begin with a digit";
    }

    // Quoted where it is used, and still kept to what needs no quotes, so that nobody has to think about it.
    private static bool IsName(string? name) =>
        name is { Length: > 0 and <= 48 } && !char.IsAsciiDigit(name[0]) && name.All(static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_');
}
