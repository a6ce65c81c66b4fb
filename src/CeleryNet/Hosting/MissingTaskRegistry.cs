using System.ComponentModel;
using CeleryNet.Diagnostics;

namespace CeleryNet;

/// <summary>Never passed by anybody: its optional parameter makes this <c>AddTasks</c> the weaker one wherever a generated one exists.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class MissingTaskRegistry
{
    private MissingTaskRegistry() { }
}

/// <summary>What <c>AddTasks()</c> means in an assembly for which no task registry was generated.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class MissingTaskRegistryExtensions
{
    /// <summary>Stops the start, because there is nothing to add. A generated <c>AddTasks()</c> takes precedence.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="missing">Left out.</param>
    /// <exception cref="TaskQueueConfigurationException">Always.</exception>
    public static TaskQueueBuilder AddTasks(this TaskQueueBuilder builder, MissingTaskRegistry? missing = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        throw new TaskQueueConfigurationException(
            ErrorCodes.NoTaskRegistry,
            "AddTasks() found no generated task registry in the assembly that calls it. CeleryNet generates one for each assembly that has a [Task] method. "
            + "Add a [Task] method to this project; or call AddTasks<ShopTasksRegistry>() for the tasks of a referenced project 'Shop'; "
            + "or, when this project has [Task] methods, let the source generator of the package CeleryNet run: its PackageReference must not exclude 'analyzers'.");
    }
}
