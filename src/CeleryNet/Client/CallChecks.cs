using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Messages;
using CeleryNet.Serialization;
using CeleryNet.Tasks;

namespace CeleryNet.Client;

/// <summary>Refuses calls that a worker would refuse, or that would harm one. Nothing has been sent then.</summary>
internal static class CallChecks
{
    private const int LongestTaskName = 1024; // bytes; beyond this it is data in the wrong place
    private const int LongestTaskId = 255;    // bytes; correlation_id is one of AMQP's short strings

    internal static void Name(string name)
    {
        if (string.IsNullOrWhiteSpace(name)) throw CallError.Invalid(name, "its name is empty; give the wire name of a task");
        if (name.Length * 3 <= LongestTaskName) return;
        var length = Encoding.UTF8.GetByteCount(name);
        if (length > LongestTaskName) throw CallError.Invalid(name, $"its name has {length} bytes, more than the limit of {LongestTaskName}");
    }

    internal static void Options(string task, CallOptions options)
    {
        if (options.TaskId is { } id) TaskId(task, id);
        if (options is { Eta: not null, Countdown: not null }) throw CallError.Invalid(task, "both Eta and Countdown are set; set one of them");
        if (options is { Expires: not null, ExpiresAt: not null }) throw CallError.Invalid(task, "both Expires and ExpiresAt are set; set one of them");
        if (options.Expires is { } expires && expires <= TimeSpan.Zero) throw CallError.Invalid(task, $"Expires is {expires} but must be positive, or the task could never run");
    }

    internal static void TaskId(string task, string id)
    {
        if (string.IsNullOrWhiteSpace(id)) throw CallError.Invalid(task, "TaskId is empty; leave it unset for a new id");
        if (id.Length * 3 <= LongestTaskId) return;
        var length = Encoding.UTF8.GetByteCount(id);
        if (length > LongestTaskId) throw CallError.Invalid(task, $"TaskId has {length} bytes, more than the limit of {LongestTaskId}");
    }

    internal static byte Priority(string task, int? priority) => priority switch
    {
        null => 0,
        >= 0 and <= 255 => (byte)priority,
        _ => throw CallError.Invalid(task, $"Priority is {priority} but must be from 0 to 255"),
    };

    internal static void Limits(string task, TimeSpan? hard, TimeSpan? soft)
    {
        if (hard <= TimeSpan.Zero) throw CallError.Invalid(task, $"TimeLimit is {hard} but must be positive");
        if (soft <= TimeSpan.Zero) throw CallError.Invalid(task, $"SoftTimeLimit is {soft} but must be positive");
        if (soft > hard) throw CallError.Invalid(task, $"SoftTimeLimit ({soft}) must not be greater than TimeLimit ({hard})");
    }

    internal static void BodySize(string task, int length, WireOptions options)
    {
        if (length > options.MaxBodyBytes)
        {
            throw CallError.TooLarge(
                task,
                $"its body has {length} bytes, more than the limit of {options.MaxBodyBytes} (MaxBodyBytes), so a worker would refuse it; pass a reference to the data, or compress it");
        }
    }
}
