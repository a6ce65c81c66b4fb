using System.Globalization;
using System.IO.Enumeration;
using System.Text.RegularExpressions;
using CeleryNet.Client;

namespace CeleryNet;

/// <summary>Which tasks go where: the first rule that fits decides, in the order given. Celery's <c>task_routes</c>.</summary>
public sealed class TaskRoutes
{
    // Names are short; a pattern that needs longer than this is one that explodes.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(250);

    private readonly List<RouteRule> _rules = [];

    internal IReadOnlyList<RouteRule> Rules => _rules;

    /// <summary>Routes the task of that name.</summary>
    /// <param name="name">Wire name, case-sensitive.</param>
    /// <param name="target">A queue's name or more.</param>
    public TaskRoutes Exact(string name, RouteTarget target)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Add($"exact '{name}'", target, name, static (name, rule) => name == rule);
    }

    /// <summary>Routes the tasks whose whole name fits: <c>*</c> stands for any letters, also none, <c>?</c> for one.</summary>
    /// <param name="pattern">Such as <c>images.*</c>; case-sensitive.</param>
    /// <param name="target">A queue's name or more.</param>
    public TaskRoutes Glob(string pattern, RouteTarget target)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(pattern);
        return Add($"glob '{pattern}'", target, pattern, static (name, pattern) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false));
    }

    /// <summary>Routes the tasks in whose name the expression is found; anchor it with <c>^</c> and <c>$</c> to fit the whole name.</summary>
    /// <param name="pattern">A .NET regular expression; case-sensitive. A match that takes longer than 250 ms is an error.</param>
    /// <param name="target">A queue's name or more.</param>
    /// <exception cref="ArgumentException"><paramref name="pattern"/> is not a regular expression.</exception>
    public TaskRoutes Regex(string pattern, RouteTarget target)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        var regex = new Regex(pattern, RegexOptions.CultureInvariant, MatchTimeout);
        return Add($"regex '{pattern}'", target, regex, static (name, regex) => regex.IsMatch(name));
    }

    /// <summary>Asks a function, for every call anew. It must be quick and thread-safe.</summary>
    /// <param name="choose">Returns the target, or <c>null</c> to leave the decision to the next rule.</param>
    public TaskRoutes Function(Func<RouteCall, RouteTarget?> choose)
    {
        ArgumentNullException.ThrowIfNull(choose);
        _rules.Add(new RouteRule(string.Create(CultureInfo.InvariantCulture, $"function {_rules.Count + 1}"), null, null, choose));
        return this;
    }

    internal void AddAll(TaskRoutes others) => _rules.AddRange(others._rules);

    /// <summary>Moves all rules into a new list.</summary>
    internal TaskRoutes TakeAll()
    {
        var taken = new TaskRoutes();
        taken.AddAll(this);
        _rules.Clear();
        return taken;
    }

    private TaskRoutes Add<TState>(string description, RouteTarget target, TState state, Func<string, TState, bool> fits)
    {
        ArgumentNullException.ThrowIfNull(target);
        _rules.Add(new RouteRule(description, target, name => fits(name, state), null));
        return this;
    }
}
