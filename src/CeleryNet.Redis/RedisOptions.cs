namespace CeleryNet.Redis;

/// <summary>How CeleryNet uses Redis. The same class serves the broker and the results.</summary>
public sealed class RedisOptions
{
    /// <summary>How long a worker may stay silent before its messages are handed to others. It renews every third of this.</summary>
    /// <value>Default 20 seconds, at least 1 second.</value>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long a message taken by a Python worker may stay unacknowledged before it is handed out again: Celery's <c>visibility_timeout</c>. All workers of a database
    /// must agree, since each returns everybody's messages. Messages held by CeleryNet workers are kept fresh and never run out.
    /// </summary>
    /// <value>Default 1 hour, at least 1 second. Option <c>visibility_timeout</c> of the URL, in seconds.</value>
    public TimeSpan VisibilityTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>What every key and channel begins with: Celery's <c>global_keyprefix</c>. For results an underscore follows unless it ends in <c>: _ - .</c>, as in Celery.</summary>
    /// <value>Default empty. Option <c>global_keyprefix</c> of the URL.</value>
    public string KeyPrefix { get; set; } = "";

    /// <summary>The priorities that have lists of their own, ascending from 0: Celery's <c>priority_steps</c>. 0 is the most urgent. All peers must agree.</summary>
    /// <value>Default 0, 3, 6, 9.</value>
    public IReadOnlyList<int> PrioritySteps { get; set; } = [0, 3, 6, 9];

    /// <summary>
    /// True: a higher priority is sooner, as on RabbitMQ, for programs that are to do the same on both. The number is turned round on its way to and from the wire (9 becomes 0), so all C#
    /// clients and workers of a database must agree; a Python peer goes on seeing the wire's number, where lower is sooner. What is sent without a priority has 0 and then comes last, behind
    /// what Python sends without one, which C# sees as 9. Numbers above 9 count as 9.
    /// </summary>
    /// <value>Default false, as in Celery. Option <c>higher_priority_is_sooner</c> (<c>true</c> or <c>false</c>) of the URL, which Python does not know.</value>
    public bool HigherPriorityIsSooner { get; set; }

    /// <summary>What stands between queue name and priority step: Celery's <c>sep</c>. All peers must agree.</summary>
    /// <value>Default the characters U+0006 U+0016.</value>
    public string Separator { get; set; } = "\u0006\u0016";

    /// <summary>How long one command may take before its connection is given up.</summary>
    /// <value>Default 5 seconds, at least 100 milliseconds. Option <c>socket_timeout</c> of the URL, in seconds.</value>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one attempt to connect may take; <c>null</c> takes the task queue's own setting.</summary>
    /// <value>Default <c>null</c>. Option <c>socket_connect_timeout</c> of the URL, in seconds.</value>
    public TimeSpan? ConnectTimeout { get; set; }

    /// <summary>How many messages one call takes at most.</summary>
    /// <value>Default 50, from 1 to 500.</value>
    public int MaxBatch { get; set; } = 50;

    /// <summary>How long an acknowledgement may wait for others to travel with.</summary>
    /// <value>Default 2 milliseconds; zero sends each as soon as the one before is answered.</value>
    public TimeSpan AcknowledgeDelay { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>How often an idle worker looks at the lists of the less urgent priorities; the list of priority 0 wakes it at once.</summary>
    /// <value>Default 80 milliseconds, so that with the look itself a message waits less than 100; at least 5 milliseconds.</value>
    public TimeSpan PriorityPollInterval { get; set; } = TimeSpan.FromMilliseconds(80);

    /// <summary>How long results are kept: Celery's <c>result_expires</c>. <c>null</c> or zero keeps them for ever.</summary>
    /// <value>Default 1 day.</value>
    public TimeSpan? ResultExpiry { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// True: the parts of a chord are counted in a sorted set by their place in the header, as Celery does since 5.0. False: in a list, in the order in which they end. Celery's
    /// <c>result_chord_ordered</c>; all workers of a fleet must agree. Parts that are there already are counted in the form that they have.
    /// </summary>
    /// <value>Default true, as in Celery. Option <c>result_chord_ordered</c> (<c>true</c> or <c>false</c>) of the URL.</value>
    public bool OrderedChords { get; set; } = true;

    internal RedisOptions Copy()
    {
        var copy = (RedisOptions)MemberwiseClone();
        copy.PrioritySteps = [.. PrioritySteps];
        return copy;
    }

    internal IEnumerable<string> Failures()
    {
        if (LeaseDuration < TimeSpan.FromSeconds(1)) yield return $"Redis.LeaseDuration is {LeaseDuration} but must be at least 1 second";
        if (VisibilityTimeout < TimeSpan.FromSeconds(1)) yield return $"Redis.VisibilityTimeout is {VisibilityTimeout} but must be at least 1 second";
        if (CommandTimeout < TimeSpan.FromMilliseconds(100)) yield return $"Redis.CommandTimeout is {CommandTimeout} but must be at least 100 milliseconds";
        if (ConnectTimeout is { } connect && connect < TimeSpan.FromMilliseconds(100)) yield return $"Redis.ConnectTimeout is {connect} but must be at least 100 milliseconds";
        if (MaxBatch is < 1 or > 500) yield return $"Redis.MaxBatch is {MaxBatch} but must be from 1 to 500";
        if (AcknowledgeDelay < TimeSpan.Zero || AcknowledgeDelay > TimeSpan.FromSeconds(1)) yield return $"Redis.AcknowledgeDelay is {AcknowledgeDelay} but must be from 0 to 1 second";
        if (PriorityPollInterval < TimeSpan.FromMilliseconds(5)) yield return $"Redis.PriorityPollInterval is {PriorityPollInterval} but must be at least 5 milliseconds";
        if (ResultExpiry is { } expiry && expiry < TimeSpan.Zero) yield return $"Redis.ResultExpiry is {expiry} but must not be negative";
        if (string.IsNullOrEmpty(Separator)) yield return "Redis.Separator is empty";
        if (PrioritySteps.Count == 0 || PrioritySteps[0] != 0 || !PrioritySteps.SequenceEqual(PrioritySteps.Distinct().Order()))
            yield return $"Redis.PrioritySteps is [{string.Join(", ", PrioritySteps)}] but must ascend from 0";
    }
}
