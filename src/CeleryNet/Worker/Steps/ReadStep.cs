using CeleryNet.Serialization;

namespace CeleryNet.Worker.Steps;

/// <summary>First step: is it a task message at all? Cuts the body into its parts.</summary>
internal sealed class ReadStep(WireOptions options, bool sendsFollowUps)
{
    /// <summary>Reads the message.</summary>
    /// <returns>What is wrong with it, as one sentence; <c>null</c> when it is well-formed.</returns>
    internal string? Run(TaskRequest request)
    {
        var message = request.Message;
        if (message.Problem is { } problem) return problem;
        try
        {
            request.Body = TaskBody.Read(message, options);
        }
        catch (MessageFormatException error)
        {
            return error.Reason;
        }

        if (string.IsNullOrEmpty(message.TaskName)) return "it has no header 'task', so it is not a task message";
        if (string.IsNullOrEmpty(message.Id)) return "it has no header 'id'";
        // Running it and dropping what follows would lose work in silence.
        return request.Body.HasFollowUps && !sendsFollowUps ? "it has follow-up tasks (link, link_error, chain or chord), which this worker cannot send" : null;
    }
}
