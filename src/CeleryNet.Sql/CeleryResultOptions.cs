using CeleryNet.Diagnostics;

namespace CeleryNet.Sql;

/// <summary>How the tables of Celery's database backend are used.</summary>
public sealed class CeleryResultOptions
{
    /// <summary>How long results are kept: Celery's <c>result_expires</c>. <c>null</c> or zero keeps them for ever, or until Python removes them.</summary>
    /// <value>Default 1 day. All of a fleet should agree, since each removes what is older than its own value.</value>
    public TimeSpan? ResultExpiry { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long one command may take, waiting for locks of others included, before it is tried again or given up.</summary>
    /// <value>Default 5 seconds, at least 100 milliseconds.</value>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// PostgreSQL: how seldom at most the state of a task is asked for, since Python tells nobody what it stores. The first questions come after 50 milliseconds, and each later by half than the one
    /// before. What a process of CeleryNet stores is heard at once, and so is every change of a SQLite file.
    /// </summary>
    /// <value>Default 1 second, from 50 milliseconds to 1 minute.</value>
    public TimeSpan LongestPoll { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>True (default): the tables are made when they are missing, as Celery makes them. False: that is refused.</summary>
    public bool CreatesTables { get; set; } = true;

    internal SqlOptions ToSql()
    {
        if (LongestPoll < TimeSpan.FromMilliseconds(50) || LongestPoll > TimeSpan.FromMinutes(1))
            throw new TaskQueueConfigurationException(ErrorCodes.InvalidConfiguration, $"Celery results: LongestPoll is {LongestPoll} but must be from 50 milliseconds to 1 minute.");
        return new SqlOptions { ResultExpiry = ResultExpiry, CommandTimeout = CommandTimeout, ManagesSchema = CreatesTables, Schema = "celery_results" }; // names the channel of NOTIFY
    }
}
