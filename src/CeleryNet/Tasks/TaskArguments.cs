using CeleryNet.Serialization;

namespace CeleryNet.Tasks;

/// <summary>The arguments of one call, kept as values until the message is written. Generated code has one derived class per task.</summary>
public abstract class TaskArguments
{
    /// <summary>No arguments.</summary>
    public static TaskArguments None { get; } = new NoArguments();

    /// <summary>Writes the positional arguments in order.</summary>
    /// <exception cref="MessageFormatException">A value cannot be written.</exception>
    public abstract void WritePositional(ArgumentWriter writer);

    /// <summary>Writes the keyword arguments; by default there are none.</summary>
    /// <exception cref="MessageFormatException">A value cannot be written.</exception>
    public virtual void WriteKeyword(ArgumentWriter writer) { }

    private sealed class NoArguments : TaskArguments
    {
        public override void WritePositional(ArgumentWriter writer) { }
    }
}
