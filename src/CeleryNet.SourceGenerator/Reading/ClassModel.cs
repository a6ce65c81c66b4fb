namespace CeleryNet.SourceGenerator.Reading;

/// <summary>The class or interface whose methods are tasks.</summary>
internal sealed record ClassModel
{
    /// <summary>Fully qualified, with <c>global::</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Namespace; empty for the global one.</summary>
    public required string Namespace { get; init; }

    /// <summary>Name of the generated class: names of the enclosing types and its own, then <c>Calls</c>.</summary>
    public required string CallsName { get; init; }

    public required bool IsPublic { get; init; }

    /// <summary>Arguments of the constructor that makes it; <c>null</c> when none can be called.</summary>
    public required EquatableArray<ServiceModel>? Constructor { get; init; }

    public string CallsType => Namespace.Length == 0 ? $"global::{CallsName}" : $"global::{Namespace}.{CallsName}";
}

/// <summary>A class and its tasks.</summary>
internal sealed record TaskGroup(ClassModel Class, EquatableArray<TaskModel> Tasks);

/// <summary>What the registry knows of a task.</summary>
internal sealed record RegistryEntry(string WireName, string? HandlerType, string? ScopedType, EquatableArray<ServiceModel>? Constructor, EquatableArray<PeriodicModel> Periodic);

/// <summary>The registry of the assembly.</summary>
internal sealed record RegistryModel(string Assembly, EquatableArray<RegistryEntry> Entries);
