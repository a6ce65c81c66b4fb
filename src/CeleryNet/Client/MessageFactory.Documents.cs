using System.Buffers;
using System.Buffers.Text;
using CeleryNet.Brokers;
using CeleryNet.Diagnostics;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Signatures;
using CeleryNet.Tasks;

namespace CeleryNet.Client;

/// <content>Messages of signatures in Celery's JSON form, whose ids are fixed.</content>
internal sealed partial class MessageFactory
{
    /// <summary>The options of a call of a canvas with all that routes, configuration and attribute say: whoever sends it later, perhaps a Python worker, knows none of them.</summary>
    /// <exception cref="MessageFormatException">The call is not valid.</exception>
    internal CallOptions Complete(Signature signature)
    {
        CallChecks.Name(signature.Name);
        CallChecks.Options(signature.Name, signature.Options);
        var plan = router.PlanOf(signature);
        var route = router.RouteOf(signature, plan);
        var definition = new TaskDefinition(signature.Name, plan.Policy with { Queue = null });
        var options = OptionsWriter.WithPolicy(new Signature(definition, TaskArguments.None, signature.Options));
        (options.Queue, options.Exchange, options.RoutingKey) = (null, null, null);
        if (route.Queue is { } queue && route == Route.To(queue)) options.Queue = queue.Name == settings.DefaultQueue ? null : queue.Name;
        else (options.Exchange, options.RoutingKey) = (route.Exchange, route.RoutingKey);
        CallChecks.Priority(signature.Name, options.Priority);
        CallChecks.Limits(signature.Name, options.TimeLimit, options.SoftTimeLimit);
        return options;
    }

    /// <summary>Makes the message of one task of a canvas, all but body, trace context and reply queue.</summary>
    /// <param name="task">The task; its id is set.</param>
    /// <param name="definition">What is known of the task beside its name.</param>
    /// <param name="route">Where it goes.</param>
    /// <exception cref="MessageFormatException">An option cannot be carried out.</exception>
    internal TaskMessage Create(SignatureDocument task, TaskDefinition definition, out Route route)
    {
        var options = task.Options;
        var message = Create(new Signature(definition, TaskArguments.None, DocumentOptions.Read(task)), out route);
        message.RootId = options.Text(OptionNames.RootId) ?? message.RootId;
        message.ParentId = options.Text(OptionNames.ParentId) ?? message.ParentId;
        message.ReplyTo = options.Text(OptionNames.ReplyTo);
        message.GroupId = options.Text(OptionNames.GroupId);
        message.GroupIndex = DocumentOptions.Whole(task, OptionNames.GroupIndex);
        message.Retries = DocumentOptions.Whole(task, OptionNames.Retries) ?? 0;
        message.ReplacedTaskNesting = DocumentOptions.Whole(task, OptionNames.ReplacedTaskNesting) ?? 0;
        message.IsPersistent = DocumentOptions.Whole(task, OptionNames.DeliveryMode) != 1;
        (message.StampedHeaders, message.Stamps) = DocumentOptions.Stamps(task);
        return message;
    }

    /// <summary>Writes the body into <paramref name="buffer"/>: arguments as they stand, and what follows the task.</summary>
    /// <exception cref="MessageFormatException">The body is larger or deeper than a worker accepts.</exception>
    internal void WriteBody(TaskMessage message, SignatureDocument task, WireBuffer buffer)
    {
        var start = MessageBody.Write(message, task, buffer, wire);
        message.Body = buffer.Memory[start..];
        Compress(message, task.Options.Text(OptionNames.Compression) ?? settings.Compression);
        CallChecks.BodySize(task.Task, message.Body.Length, wire);
    }
}
