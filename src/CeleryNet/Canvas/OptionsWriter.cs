using System.Globalization;
using System.Text;
using CeleryNet.Serialization;

namespace CeleryNet.Signatures;

/// <summary>Writes options of calls as Celery's JSON has them.</summary>
internal static class OptionsWriter
{
    /// <summary>The options of a call, and beneath them what the attribute of its task says about sending it.</summary>
    internal static CallOptions WithPolicy(Signature signature)
    {
        var policy = signature.Definition.Policy;
        var options = signature.Options.Copy();
        if (options is { Queue: null, Exchange: null, RoutingKey: null }) options.Queue = policy.Queue;
        options.Priority ??= policy.Priority;
        options.TimeLimit ??= policy.TimeLimit;
        options.SoftTimeLimit ??= policy.SoftTimeLimit;
        options.IgnoreResult ??= policy.IgnoreResult;
        if (options.ExpiresAt is null) options.Expires ??= policy.Expires;
        return options;
    }

    /// <summary>Writes all options that are set and not there yet.</summary>
    internal static void Write(JsonFields fields, CallOptions options, WireOptions wire)
    {
        if (ReferenceEquals(options, CallOptions.None)) return;
        fields.TrySet(OptionNames.TaskId, options.TaskId);
        WriteStart(fields, options);
        WriteShared(fields, options, wire);
    }

    /// <summary>Writes options of the whole into all its tasks that have none of their own.</summary>
    internal static void WriteToAll(SignatureDocument document, CallOptions options, WireOptions wire)
    {
        if (ReferenceEquals(options, CallOptions.None)) return;
        if (options.TaskId is { } id) SetId(document, id);
        Visit(document, isStart: true, (task, isStart) =>
        {
            if (isStart) WriteStart(task.Options, options);
            WriteShared(task.Options, options, wire);
        });
    }

    private static void SetId(SignatureDocument document, string id)
    {
        if (document is { Kind: SignatureKind.Chord, Body: { } body }) SetId(body, id);
        else document.Options.Set(OptionNames.TaskId, id);
    }

    private static void Visit(SignatureDocument document, bool isStart, Action<SignatureDocument, bool> write)
    {
        if (document.Kind == SignatureKind.Task) write(document, isStart);
        for (var i = 0; i < document.Members.Count; i++) Visit(document.Members[i], isStart && (i == 0 || document.Kind != SignatureKind.Chain), write);
        if (document.Body is { } body) Visit(body, isStart: false, write);
    }

    // A delay is waited for once.
    private static void WriteStart(JsonFields fields, CallOptions options)
    {
        if (options.Eta is { } eta && !fields.Has(OptionNames.Countdown)) fields.TrySet(OptionNames.Eta, WireTime.Format(eta));
        if (options.Countdown is { } countdown && !fields.Has(OptionNames.Eta)) TrySet(fields, OptionNames.Countdown, countdown);
    }

    private static void WriteShared(JsonFields fields, CallOptions options, WireOptions wire)
    {
        if (!fields.Has(OptionNames.Queue) && !fields.Has(OptionNames.Exchange))
        {
            fields.TrySet(OptionNames.Queue, options.Queue);
            fields.TrySet(OptionNames.Exchange, options.Exchange);
            fields.TrySet(OptionNames.RoutingKey, options.RoutingKey);
        }

        if (options.ExpiresAt is { } moment) fields.TrySet(OptionNames.Expires, WireTime.Format(moment));
        else if (options.Expires is { } expires) TrySet(fields, OptionNames.Expires, expires);
        if (options.Priority is { } priority && !fields.Has(OptionNames.Priority)) fields.Set(OptionNames.Priority, JsonParts.Number(priority));
        fields.TrySet(OptionNames.Shadow, options.Shadow);
        if (options.TimeLimit is { } hard) TrySet(fields, OptionNames.TimeLimit, hard);
        if (options.SoftTimeLimit is { } soft) TrySet(fields, OptionNames.SoftTimeLimit, soft);
        if (options.IgnoreResult is { } ignores && !fields.Has(OptionNames.IgnoreResult)) fields.Set(OptionNames.IgnoreResult, ignores ? "true"u8.ToArray() : "false"u8.ToArray());
        fields.TrySet(OptionNames.Compression, options.Compression);
        if (options.Headers.Count > 0 && !fields.Has(OptionNames.Headers)) fields.Set(OptionNames.Headers, JsonParts.Of(new Dictionary<string, object?>(options.Headers), wire));
    }

    // Whole seconds as integers, as Python writes them.
    private static void TrySet(JsonFields fields, string name, TimeSpan duration)
    {
        if (fields.Has(name)) return;
        var text = duration.Ticks % TimeSpan.TicksPerSecond == 0 ? ((long)duration.TotalSeconds).ToString(CultureInfo.InvariantCulture) : duration.TotalSeconds.ToString("R", CultureInfo.InvariantCulture);
        fields.Set(name, Encoding.ASCII.GetBytes(text));
    }
}
