using CeleryNet.Brokers;
using CeleryNet.Client;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Tasks;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Worker;

/// <summary>Decides what the end of a run means: done, failed for good, to be retried, put off, cancelled, refused. Thread-safe.</summary>
internal sealed class OutcomeJudge(RetryRule retries, DeadLetterMaker deadLetters, WireOptions wire, TimeProvider time, ILogger logger)
{
    /// <summary>The verdict on an exception.</summary>
    internal Verdict Of(TaskRequest request, Exception error)
    {
        if (error is TaskOutcomeException asked) return Of(request, asked.Outcome, default);
        if (RetryRule.Retries(request.Policy, error) && RetryRule.IsLeft(request.Policy.MaxRetries, request.Message.Retries))
            return Retry(request, retries.DelayOf(request.Policy, request.Message.Retries), error, null);
        return Failed(request, Verdict.Failed(error));
    }

    /// <summary>The verdict on an outcome.</summary>
    /// <param name="request">The task.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="value">Its return value as JSON.</param>
    internal Verdict Of(TaskRequest request, TaskOutcome outcome, ReadOnlyMemory<byte> value) => outcome.Kind switch
    {
        TaskOutcomeKind.Success => Verdict.Success(value),
        TaskOutcomeKind.Ignore => Verdict.Ignored,
        TaskOutcomeKind.Replace => Verdict.Ignored with { Replacement = outcome.Replacement },
        TaskOutcomeKind.Cancel => Verdict.Revoked(WorkerErrors.Cancelled(outcome.Reason)),
        TaskOutcomeKind.Snooze => Verdict.Ignored with { Republish = new Republish(Again(request.Message, DueOf(outcome, TimeSpan.Zero)), request.Queue) },
        TaskOutcomeKind.Reject when outcome.IsRequeued => Verdict.RequeuedByItself with { IsRejected = true },
        TaskOutcomeKind.Reject => deadLetters.Keep(request, Verdict.Ignored with { IsRejected = true }, outcome.Reason ?? "the task rejected itself"),
        _ => Retry(request, outcome),
    };

    /// <summary>The verdict on a task that failed for good: kept with the dead letters where it asks for that.</summary>
    internal Verdict Failed(TaskRequest request, Verdict failure) =>
        request.Policy.DeadLetterFailures == true ? deadLetters.Keep(request, failure, "it failed") : failure;

    private Verdict Retry(TaskRequest request, TaskOutcome outcome)
    {
        var message = request.Message;
        if (RetryRule.IsLeft(outcome.MaxRetries ?? request.Policy.MaxRetries, message.Retries))
        {
            var delay = outcome.Delay ?? (outcome.Due is { } due ? due - time.GetUtcNow() : retries.DelayOf(request.Policy, message.Retries));
            return Retry(request, delay, outcome.Error, outcome.Arguments);
        }

        return Failed(request, outcome.Error is { } error ? Verdict.Failed(error) : Verdict.Failed(WorkerErrors.MaxRetriesExceeded(message)));
    }

    private Verdict Retry(TaskRequest request, TimeSpan delay, Exception? error, TaskArguments? arguments)
    {
        var now = time.GetUtcNow();
        var next = Again(request.Message, delay <= TimeSpan.Zero ? null : delay < DateTimeOffset.MaxValue - now ? now + delay : DateTimeOffset.MaxValue);
        var remote = error is null ? null : WorkerErrors.Of(error);
        AttemptHistory.Add(next, new TaskAttempt(request.Message.Retries, remote?.Type ?? "Retry", remote?.Message ?? "", now));
        next.Retries++;
        if (arguments is not null && Rewrite(next, arguments) is { } problem) return Failed(request, Verdict.Failed(problem));
        Log.TaskRetries(logger, next.Id, next.TaskName, next.Retries, Math.Max(0, delay.TotalSeconds), error);
        return new Verdict(TaskStates.Retry, Settlement.Acknowledge) { Error = remote, Traceback = error?.ToString(), Republish = new Republish(next, request.Queue) };
    }

    // What belonged to this delivery alone does not travel on.
    private static TaskMessage Again(TaskMessage message, DateTimeOffset? due)
    {
        var next = message.CopyWithSameBody();
        next.Eta = due;
        next.Expiration = null; // it counted from the first publish; the header says when it ends
        if (next.CustomHeaders?.ContainsKey(TaskHeaders.Starts) == true) next.SetHeader(TaskHeaders.Starts, null);
        return next;
    }

    private DateTimeOffset? DueOf(TaskOutcome outcome, TimeSpan otherwise) => outcome.Due ?? time.GetUtcNow() + (outcome.Delay ?? otherwise);

    private MessageFormatException? Rewrite(TaskMessage message, TaskArguments arguments)
    {
        using var buffer = WireBuffer.Rent();
        try
        {
            var start = MessageBody.Write(message, arguments, buffer, wire);
            message.Body = buffer.Span[start..].ToArray();
            message.Compression = null;
            CallChecks.BodySize(message.TaskName!, message.Body.Length, wire); // a handler ran, so it has a name
            return null;
        }
        catch (MessageFormatException error)
        {
            return error;
        }
    }
}
