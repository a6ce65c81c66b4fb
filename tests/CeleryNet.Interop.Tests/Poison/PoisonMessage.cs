namespace CeleryNet.Interop.Tests.Poison;

/// <summary>How a message of the poison tests must end.</summary>
public enum PoisonEnd
{
    /// <summary>Refused; FAILURE is stored under its id.</summary>
    Failure,

    /// <summary>Refused; there is no id to store anything under.</summary>
    Refused,

    /// <summary>Odd, but Celery runs it too.</summary>
    Success,
}

/// <summary>A message that a stranger, a bug or a cut connection may have left in a queue.</summary>
/// <param name="Name">What is wrong with it.</param>
/// <param name="End">How it must end.</param>
public sealed record PoisonMessage(string Name, PoisonEnd End)
{
    /// <summary>The good body.</summary>
    public const string GoodBody = "[[2, 3], {}, {\"callbacks\": null, \"errbacks\": null, \"chain\": null, \"chord\": null}]";

    /// <summary>Body as text.</summary>
    public string Body { get; init; } = GoodBody;

    /// <summary>Body as bytes, instead of <see cref="Body"/>.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>Type of the stored error; <c>null</c> when any will do.</summary>
    public string? ErrorType { get; init; }

    /// <summary>True: well-formed as a message, so that the task fails for its arguments; it is not kept with the dead letters.</summary>
    public bool ReachesTheTask { get; init; }

    /// <summary>Content type; empty leaves it out.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Changes the good headers.</summary>
    public Action<Dictionary<string, object?>> Change { get; init; } = _ => { };

    /// <summary>False: no correlation id either, so that nothing names the task.</summary>
    public bool HasCorrelationId { get; init; } = true;

    /// <summary>The text of a whole Redis list element with <c>{id}</c> for the id, instead of everything else; such messages exist on Redis only.</summary>
    public string? RedisElement { get; init; }

    /// <summary>True: larger in its headers than an AMQP frame can hold.</summary>
    public bool IsForRedisOnly => RedisElement is not null || HasHugeHeader;

    /// <summary>True where a header is too large for AMQP.</summary>
    public bool HasHugeHeader { get; init; }

    /// <summary>The command that publishes it.</summary>
    public object ToCommand(string queue, string id)
    {
        var headers = new Dictionary<string, object?> { ["lang"] = "py", ["task"] = "cs.add", ["id"] = id };
        Change(headers);
        var properties = new Dictionary<string, object?>();
        if (HasCorrelationId) properties["correlation_id"] = id;
        return new
        {
            queue,
            body = Bytes is null ? Body.Replace("{id}", id, StringComparison.Ordinal) : null,
            body_base64 = Bytes is null ? null : Convert.ToBase64String(Bytes),
            headers,
            properties,
            content_type = ContentType,
        };
    }
}
