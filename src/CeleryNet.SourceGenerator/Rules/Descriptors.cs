using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Rules;

/// <summary>Everything the analyzers say. Ids are never reused; run-time errors have codes from CN1001 on.</summary>
internal static class Descriptors
{
    internal static readonly DiagnosticDescriptor UnsupportedParameter = Error(
        "CN0001", "Parameter cannot travel", "Parameter '{0}' of task '{1}' has type '{2}', which cannot be sent: {3}");

    internal static readonly DiagnosticDescriptor UnsupportedReturn = Error(
        "CN0002", "Return value cannot travel", "Task '{0}' returns '{1}', which cannot be stored as a result: {2}");

    internal static readonly DiagnosticDescriptor AsyncVoid = Error(
        "CN0003", "Task is async void", "Task '{0}' is async void, so nobody can tell when it ends or fails; return Task instead");

    internal static readonly DiagnosticDescriptor Generic = Error(
        "CN0004", "Task is generic", "Task '{0}' is generic or in a generic type, but a message names no type arguments; write one task for each type");

    internal static readonly DiagnosticDescriptor Inaccessible = Error(
        "CN0005", "Task is not accessible", "Task '{0}' cannot be called by generated code because '{1}' is {2}; make it public or internal");

    internal static readonly DiagnosticDescriptor TooManyParameters = Error(
        "CN0006", "Task has too many parameters", "Task '{0}' takes {1} arguments, at most 64 are supported; put them into a record");

    internal static readonly DiagnosticDescriptor BadName = Error(
        "CN0007", "Wire name is not valid", "The wire name of task '{0}' {1}; write a name such as \"images.resize\", or leave it out");

    internal static readonly DiagnosticDescriptor DuplicateName = Error(
        "CN0008", "Wire name is used twice", "Task '{0}' has the wire name '{1}', as has '{2}'; give one of them another name: [Task(\"...\")]", compilationEnd: true);

    internal static readonly DiagnosticDescriptor BadTimeSpan = Error(
        "CN0009", "Duration is not valid", "{0} of task '{1}' is \"{2}\", which is not a duration above zero; write hours:minutes:seconds, such as \"00:05:00\"");

    internal static readonly DiagnosticDescriptor SoftLimitNotBelowHard = Error(
        "CN0010", "Soft time limit is not below the hard one",
        "SoftTimeLimit of task '{0}' is \"{1}\", not below its TimeLimit \"{2}\", so it would never act; lower it or raise TimeLimit");

    internal static readonly DiagnosticDescriptor BadPriority = Error(
        "CN0011", "Priority is out of range", "Priority of task '{0}' is {1}; choose one from 0 to 255");

    internal static readonly DiagnosticDescriptor CallClash = Error(
        "CN0012", "Typed call exists already", "The typed call '{0}' of task '{1}' exists already, by '{2}'; rename one of the methods");

    internal static readonly DiagnosticDescriptor CannotInstantiate = Error(
        "CN0013", "Task has no instance to run on", "Task '{0}' is an instance method of {1} '{2}'; make the method static, or move it to a class that is not abstract");

    internal static readonly DiagnosticDescriptor RemoteWithoutTask = Error(
        "CN0014", "Method of a [RemoteTasks] interface is no task", "Method '{0}' of the [RemoteTasks] interface '{1}' has no [Task]; add [Task(\"name in the other worker\")] or remove it");

    internal static readonly DiagnosticDescriptor Misplaced = Error(
        "CN0015", "[Task] stands in the wrong place", "[Task] on '{0}' has no effect: {1}");

    internal static readonly DiagnosticDescriptor NoJsonMetadata = new(
        "CN0016", "Type has no JSON metadata",
        "Type '{0}', which task '{1}' sends or returns, has no JSON metadata; add [JsonSerializable(typeof({2}))] to a JsonSerializerContext and pass it to UseJsonContext{3}",
        "CeleryNet", DiagnosticSeverity.Warning, isEnabledByDefault: true, customTags: WellKnownDiagnosticTags.CompilationEnd);

    internal static readonly DiagnosticDescriptor NoConstructor = new(
        "CN0018", "Class of tasks cannot be created",
        "Class '{0}' has tasks that run on an instance but no public constructor that the services could call; make one public, or register the class yourself and disable this warning",
        "CeleryNet", DiagnosticSeverity.Warning, isEnabledByDefault: true);

    internal static readonly DiagnosticDescriptor OldLanguage = Error(
        "CN0019", "C# 14 is required", "The typed call of task '{0}' needs C# 14; remove <LangVersion> from the project or set it to 14 or later");

    internal static readonly DiagnosticDescriptor BadNumber = Error("CN0020", "Number is out of range", "{0} of task '{1}' is {2}; choose {3}");

    internal static readonly DiagnosticDescriptor NotAnException = Error(
        "CN0021", "Type is no exception", "{0} of task '{1}' names '{2}', which is no exception, so it would never match; name exception types only");

    internal static readonly DiagnosticDescriptor BadRate = Error(
        "CN0030", "Rate is not valid", "{0} of task '{1}' is \"{2}\", which is no rate above zero; write a number of starts per second, minute or hour, such as \"10/s\", \"100/m\" or \"5/h\"");

    internal static readonly DiagnosticDescriptor BadKey = Error("CN0031", "Key is not valid", "The key of [{0}] on task '{1}' is \"{2}\", but {3}");

    internal static readonly DiagnosticDescriptor IdleCondition = Error("CN0032", "Limit has no effect", "{0} on '{1}' has no effect: {2}");

    internal static readonly DiagnosticDescriptor BadCrontab = Error(
        "CN0040", "Cron expression is not valid", "[Periodic] of task '{0}' is \"{1}\", which cannot be used: {2}; write minute, hour, day of month, month and day of week, such as \"0 8 * * mon\"");

    internal static readonly DiagnosticDescriptor BadZone = Error(
        "CN0041", "Zone is not valid", "Zone of [Periodic] of task '{0}' is \"{1}\", which is no IANA name; write one such as \"Europe/Berlin\", or leave it out for UTC");

    internal static readonly DiagnosticDescriptor UnclearSchedule = Error(
        "CN0042", "Schedule is not clear", "[Periodic] of task '{0}' {1}; write [Periodic(\"0 8 * * mon\", Zone = \"Europe/Berlin\")] or [Periodic(Every = \"00:05:00\")]");

    internal static readonly DiagnosticDescriptor PeriodicArgument = Error(
        "CN0043", "Periodic task needs an argument", "Task '{0}' is [Periodic], but nothing supplies its parameter '{1}'; give it a default value, or send it by code: AddBeat(beat => beat.Add(…))");

    internal static readonly DiagnosticDescriptor PeriodicNameTwice = Error(
        "CN0044", "Name of periodic task is used twice", "Task '{0}' has {1} [Periodic] with the name '{2}'; give each but one a Name of its own");

    internal static readonly DiagnosticDescriptor IdlePeriodic = Error("CN0045", "[Periodic] has no effect", "[Periodic] on '{0}' has no effect: {1}");

    private static DiagnosticDescriptor Error(string id, string title, string message, bool compilationEnd = false) => new(
        id, title, message, "CeleryNet", DiagnosticSeverity.Error, isEnabledByDefault: true, customTags: compilationEnd ? [WellKnownDiagnosticTags.CompilationEnd] : []);
}
