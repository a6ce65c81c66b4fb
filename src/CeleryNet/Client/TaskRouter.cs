using System.Collections.Concurrent;
using System.Text;
using CeleryNet.Brokers;
using CeleryNet.Tasks;

namespace CeleryNet.Client;

/// <summary>Decides where a call goes and which policy applies: attribute, then routes, then configuration by wire name, then the call itself. Thread-safe.</summary>
internal sealed class TaskRouter(ClientSettings settings, QueueCatalog queues)
{
    private const int LongestName = 255; // bytes; AMQP's short strings
    private const int MostPlans = 4096;  // calls by name may bring names without end

    private readonly ConcurrentDictionary<string, SendPlan> _plans = new();
    private readonly Route _default = Route.To(queues.Get(settings.DefaultQueue));

    /// <summary>The plan of a task; calculated once per task unless a routing function has a say.</summary>
    internal SendPlan PlanOf(Signature signature)
    {
        var attribute = signature.Definition.Policy;
        if (_plans.TryGetValue(signature.Name, out var plan) && ReferenceEquals(plan.Attribute, attribute)) return plan;

        plan = Plan(signature, attribute, out var isLasting);
        if (isLasting && _plans.Count < MostPlans) _plans[signature.Name] = plan;
        return plan;
    }

    /// <summary>The destination of a call.</summary>
    internal Route RouteOf(Signature signature, SendPlan plan)
    {
        var options = signature.Options;
        return Combine(signature.Name, plan.Route, options.Queue, options.Exchange, options.RoutingKey);
    }

    private SendPlan Plan(Signature signature, TaskPolicy attribute, out bool isLasting)
    {
        var name = signature.Name;
        var target = FindTarget(signature, out isLasting);
        var configured = settings.Tasks.GetValueOrDefault(name, TaskPolicy.None);

        var route = Combine(name, _default, attribute.Queue, null, null);
        if (target is not null) route = Combine(name, route, target.Queue, target.Exchange, target.RoutingKey);
        route = Combine(name, route, configured.Queue, null, null);

        var policy = target?.Priority is { } priority ? attribute.Under(new TaskPolicy { Priority = priority }) : attribute;
        return new SendPlan(attribute, policy.Under(configured), route);
    }

    private RouteTarget? FindTarget(Signature signature, out bool isLasting)
    {
        isLasting = true;
        foreach (var rule in settings.Routes)
        {
            isLasting &= rule.DependsOnNameOnly;
            if (rule.Find(signature) is { } target) return target;
        }

        return null;
    }

    private Route Combine(string task, Route weaker, string? queue, string? exchange, string? routingKey)
    {
        if (exchange is not null)
        {
            if (queue is not null) throw CallError.Route(task, $"both queue '{queue}' and exchange '{exchange}' are given; give one of them");
            if (routingKey is null) throw CallError.Route(task, $"exchange '{exchange}' is given without a routing key; set RoutingKey, or Queue instead");
            CheckLength(task, "exchange", exchange);
            CheckLength(task, "routing key", routingKey);
            return new Route(exchange, routingKey, null);
        }

        var definition = queue is null ? weaker.Queue : Find(task, queue);
        if (routingKey is null) return queue is null ? weaker : Route.To(definition!); // found by its name above
        CheckLength(task, "routing key", routingKey);
        return new Route(definition?.Exchange ?? weaker.Exchange, routingKey, definition);
    }

    private QueueDefinition Find(string task, string queue)
    {
        if (string.IsNullOrWhiteSpace(queue)) throw CallError.Route(task, "the name of its queue is empty; name one, or leave Queue unset for the default queue");
        CheckLength(task, "queue", queue);
        return queues.Get(queue);
    }

    private static void CheckLength(string task, string kind, string name)
    {
        if (name.Length * 3 <= LongestName) return;
        var length = Encoding.UTF8.GetByteCount(name);
        if (length > LongestName) throw CallError.Route(task, $"the name of its {kind} has {length} bytes, more than AMQP's {LongestName}; shorten it");
    }
}
