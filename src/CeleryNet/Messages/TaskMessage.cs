namespace CeleryNet.Messages;

/// <summary>
/// One task message as it travels: the headers and properties of Celery message protocol 2, and the serialized body.
/// </summary>
/// <remarks>
/// A message that was received may be malformed; <see cref="Problem"/> then says what is wrong, and only the fields that could be read are set.
/// Not thread-safe; a message belongs to one owner at a time.
/// </remarks>
public sealed class TaskMessage
{
    /// <summary>The content type that every CeleryNet message has, exactly as Celery compares it.</summary>
    public const string JsonContentType = "application/json";

    /// <summary>The content encoding of JSON bodies.</summary>
    public const string Utf8ContentEncoding = "utf-8";

    private Rare? _rare; // what few messages have; 130 bytes less in all others

    /// <summary>Name of the task; <c>null</c> when the message has no such header (protocol 1, or not a task).</summary>
    public string? TaskName { get; set; }

    /// <summary>Id of the task; <c>null</c> when absent.</summary>
    public string? Id { get; set; }

    /// <summary>Sender's language: <c>cs</c> here, <c>py</c> from Python.</summary>
    public string? Language { get; set; }

    /// <summary>Name shown instead of <see cref="TaskName"/> in logs and events.</summary>
    public string? Shadow
    {
        get => _rare?.Shadow;
        set => SetRare(value, value is not null, static (rare, value) => rare.Shadow = value);
    }

    /// <summary>The task does not run before this moment.</summary>
    public DateTimeOffset? Eta
    {
        get => _rare?.Eta;
        set => SetRare(value, value is not null, static (rare, value) => rare.Eta = value);
    }

    /// <summary>The task is discarded after this moment.</summary>
    public DateTimeOffset? Expires
    {
        get => _rare?.Expires;
        set => SetRare(value, value is not null, static (rare, value) => rare.Expires = value);
    }

    /// <summary>Id of the group.</summary>
    public string? GroupId { get; set; }

    /// <summary>Position in the group.</summary>
    public int? GroupIndex { get; set; }

    /// <summary>How often the task was retried so far.</summary>
    public int Retries { get; set; }

    /// <summary>Hard time limit.</summary>
    public TimeSpan? TimeLimit
    {
        get => _rare?.TimeLimit;
        set => SetRare(value, value is not null, static (rare, value) => rare.TimeLimit = value);
    }

    /// <summary>Soft time limit.</summary>
    public TimeSpan? SoftTimeLimit
    {
        get => _rare?.SoftTimeLimit;
        set => SetRare(value, value is not null, static (rare, value) => rare.SoftTimeLimit = value);
    }

    /// <summary>Id of the first task of the workflow.</summary>
    public string? RootId { get; set; }

    /// <summary>Id of the task that sent this one.</summary>
    public string? ParentId { get; set; }

    /// <summary>Positional arguments as Python's <c>repr</c> shows them, at most 1 024 characters.</summary>
    public string? ArgsRepr { get; set; }

    /// <summary>Keyword arguments as Python's <c>repr</c> shows them, at most 1 024 characters.</summary>
    public string? KwargsRepr { get; set; }

    /// <summary>Node name of the sender.</summary>
    public string? Origin { get; set; }

    /// <summary>True: no final state is stored; <c>null</c>: the task's own setting decides.</summary>
    public bool? IgnoreResult { get; set; }

    /// <summary>Depth of task replacement.</summary>
    public int ReplacedTaskNesting
    {
        get => _rare?.ReplacedTaskNesting ?? 0;
        set => SetRare(value, value is not 0, static (rare, value) => rare.ReplacedTaskNesting = value);
    }

    /// <summary>Names of the stamps.</summary>
    public IReadOnlyList<string>? StampedHeaders
    {
        get => _rare?.StampedHeaders;
        set => SetRare(value, value is not null, static (rare, value) => rare.StampedHeaders = value);
    }

    /// <summary>Stamps by name; values as in <see cref="CustomHeaders"/>.</summary>
    public IReadOnlyDictionary<string, object?>? Stamps
    {
        get => _rare?.Stamps;
        set => SetRare(value, value is not null, static (rare, value) => rare.Stamps = value);
    }

    /// <summary>Content type of the compressor; <c>null</c> when the body is not compressed.</summary>
    public string? Compression
    {
        get => _rare?.Compression;
        set => SetRare(value, value is not null, static (rare, value) => rare.Compression = value);
    }

    /// <summary>
    /// Headers that are not of the protocol. Values are <c>null</c>, <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="string"/>,
    /// <see cref="IReadOnlyList{T}"/> of such values or <see cref="IReadOnlyDictionary{TKey,TValue}"/> of string and such values.
    /// </summary>
    public IReadOnlyDictionary<string, object?>? CustomHeaders { get; set; }

    /// <summary>Property <c>correlation_id</c>: the task id.</summary>
    public string? CorrelationId { get; set; }

    /// <summary>Property <c>reply_to</c>: queue for rpc results; empty or <c>null</c> when no reply is wanted.</summary>
    public string? ReplyTo { get; set; }

    /// <summary>Property <c>priority</c>; 0 when not set, as Celery writes it.</summary>
    public byte Priority { get; set; }

    /// <summary>Property <c>delivery_mode</c>: true is 2 (persistent), false is 1.</summary>
    public bool IsPersistent { get; set; } = true;

    /// <summary>Property <c>expiration</c>: how long the broker keeps the message; <c>null</c> for ever.</summary>
    public TimeSpan? Expiration
    {
        get => _rare?.Expiration;
        set => SetRare(value, value is not null, static (rare, value) => rare.Expiration = value);
    }

    /// <summary>Property <c>content_type</c>; <c>null</c> when absent.</summary>
    public string? ContentType { get; set; }

    /// <summary>Property <c>content_encoding</c>; <c>null</c> when absent.</summary>
    public string? ContentEncoding { get; set; }

    /// <summary>The body as it travels: serialized, and compressed when <see cref="Compression"/> is set.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    /// <summary>What is wrong with a received message, as one sentence for people; <c>null</c> when nothing was found.</summary>
    public string? Problem
    {
        get => _rare?.Problem;
        set => SetRare(value, value is not null, static (rare, value) => rare.Problem = value);
    }

    /// <summary>Name for people: <see cref="Shadow"/> or <see cref="TaskName"/>.</summary>
    public string DisplayName => Shadow ?? TaskName ?? "?";

    /// <summary>Copies the message with a body of its own, so that it outlives the sender's buffer.</summary>
    public TaskMessage Copy()
    {
        var copy = CopyWithSameBody();
        copy.Body = Body.ToArray();
        return copy;
    }

    /// <summary>Copies the message; both have the same body, which must stay untouched while either is used.</summary>
    public TaskMessage CopyWithSameBody()
    {
        var copy = (TaskMessage)MemberwiseClone();
        if (_rare is { } rare) copy._rare = rare with { };
        return copy;
    }

    /// <summary>Sets or, with <c>null</c>, removes a header beyond the protocol's. What <see cref="CustomHeaders"/> was before stays as it is, as others may share it.</summary>
    public void SetHeader(string name, object? value)
    {
        var headers = CustomHeaders is { } known ? new Dictionary<string, object?>(known) : [];
        if (value is null) headers.Remove(name);
        else headers[name] = value;
        CustomHeaders = headers.Count == 0 ? null : headers;
    }

    private void SetRare<T>(T value, bool isSet, Action<Rare, T> set)
    {
        if (!isSet && _rare is null) return;
        set(_rare ??= new Rare(), value);
    }

    private sealed record Rare
    {
        internal string? Shadow { get; set; }

        internal DateTimeOffset? Eta { get; set; }

        internal DateTimeOffset? Expires { get; set; }

        internal TimeSpan? TimeLimit { get; set; }

        internal TimeSpan? SoftTimeLimit { get; set; }

        internal int ReplacedTaskNesting { get; set; }

        internal IReadOnlyList<string>? StampedHeaders { get; set; }

        internal IReadOnlyDictionary<string, object?>? Stamps { get; set; }

        internal string? Compression { get; set; }

        internal TimeSpan? Expiration { get; set; }

        internal string? Problem { get; set; }
    }
}
