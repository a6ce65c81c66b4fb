using System.Globalization;
using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Client;

/// <summary>Makes the message of a call: Celery message protocol 2. Thread-safe.</summary>
internal sealed partial class MessageFactory(ClientSettings settings, TaskRouter router, WireOptions wire, TimeProvider time)
{
    /// <summary>Header <c>lang</c> of everything this library sends.</summary>
    internal const string Language = "cs";

    // RabbitMQ closes the channel for a longer one (its limit is ten years); the header 'expires' says it anyway.
    private static readonly TimeSpan LongestExpiration = TimeSpan.FromDays(3650);

    private readonly string _origin = string.Create(CultureInfo.InvariantCulture, $"gen{Environment.ProcessId}@{Environment.MachineName}");

    /// <summary>Node name of whoever sends here, as Celery's clients call themselves.</summary>
    internal string Origin => _origin;

    /// <summary>
    /// Checks the call and makes its message, all but body, trace context and reply queue.
    /// </summary>
    /// <exception cref="MessageFormatException">The call is not valid.</exception>
    internal TaskMessage Create(Signature signature, out Route route)
    {
        var name = signature.Name;
        var options = signature.Options;
        CallChecks.Name(name);
        CallChecks.Options(name, options);
        var plan = router.PlanOf(signature);
        route = router.RouteOf(signature, plan);

        var policy = plan.Policy;
        var parent = CurrentTask.Context;
        var id = options.TaskId ?? TaskId.New();
        var message = new TaskMessage
        {
            Language = Language,
            TaskName = name,
            Id = id,
            RootId = parent?.RootId ?? id,
            ParentId = parent?.Id,
            CorrelationId = id,
            Shadow = options.Shadow,
            Origin = _origin,
            Priority = CallChecks.Priority(name, options.Priority ?? policy.Priority),
            TimeLimit = options.TimeLimit ?? policy.TimeLimit,
            SoftTimeLimit = options.SoftTimeLimit ?? policy.SoftTimeLimit,
            IgnoreResult = options.IgnoreResult ?? policy.IgnoreResult ?? false,
            ContentType = TaskMessage.JsonContentType,
            ContentEncoding = TaskMessage.Utf8ContentEncoding,
        };
        CallChecks.Limits(name, message.TimeLimit, message.SoftTimeLimit);
        SetTimes(message, options, policy);
        CallHeaders.Set(message, name, options, wire.MaxDepth);
        return message;
    }

    /// <summary>Writes the body into <paramref name="buffer"/>, to which <see cref="TaskMessage.Body"/> then points.</summary>
    /// <exception cref="MessageFormatException">An argument cannot be written, or the body is larger or deeper than a worker accepts.</exception>
    internal void WriteBody(TaskMessage message, Signature signature, WireBuffer buffer)
    {
        var start = MessageBody.Write(message, signature.Arguments, buffer, wire);
        message.Body = buffer.Memory[start..];
        Compress(message, signature.Options.Compression ?? settings.Compression);
        CallChecks.BodySize(signature.Name, message.Body.Length, wire);
    }

    private void SetTimes(TaskMessage message, CallOptions options, TaskPolicy policy)
    {
        message.Eta = options.Eta;
        if (options.Countdown is { } countdown && countdown > TimeSpan.Zero) message.Eta = After(message, "Countdown", countdown);

        var expires = options is { Expires: null, ExpiresAt: null } ? policy.Expires : options.Expires;
        if (options.ExpiresAt is { } moment) message.Expires = moment;
        else if (expires is { } duration) message.Expires = After(message, "Expires", duration);
        if (options.ExpireAtBroker && message.Expires is { } end) message.Expiration = Kept(end - time.GetUtcNow());
    }

    private DateTimeOffset After(TaskMessage message, string option, TimeSpan duration)
    {
        var now = time.GetUtcNow();
        return duration <= DateTimeOffset.MaxValue - now ? now + duration : throw CallError.Invalid(message.TaskName!, $"{option} is {duration}, which ends after the year 9999");
    }

    private static TimeSpan? Kept(TimeSpan expiration) =>
        expiration > LongestExpiration ? null : expiration < TimeSpan.Zero ? TimeSpan.Zero : expiration;

    private void Compress(TaskMessage message, string? name)
    {
        if (name is null or "none") return;
        var type = BodyCompression.ContentTypeOf(name);
        var body = message.Body;
        var compressed = BodyCompression.Compress(body, type);

        // A worker refuses what grows too much when it is decompressed. Such a body travels as it is.
        var mayGrowTo = Math.Max(64L * 1024, (long)compressed.Length * wire.MaxCompressionRatio);
        if (body.Length > mayGrowTo && body.Length <= wire.MaxBodyBytes) return;
        if (body.Length > wire.MaxDecompressedBytes)
        {
            throw CallError.TooLarge(
                message.TaskName!, $"its body has {body.Length} bytes before compression, more than the limit of {wire.MaxDecompressedBytes} (MaxDecompressedBytes)");
        }

        if (body.Length > mayGrowTo)
            throw CallError.TooLarge(message.TaskName!, $"its body of {body.Length} bytes is compressed to {compressed.Length}, more than {wire.MaxCompressionRatio} times smaller (MaxCompressionRatio)");
        message.Body = compressed;
        message.Compression = type;
    }
}
