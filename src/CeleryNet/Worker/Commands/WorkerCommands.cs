using System.Collections.Frozen;
using CeleryNet.Control;

namespace CeleryNet.Worker.Commands;

/// <summary>All commands that a worker knows. Celery protocol, remote control, commands.</summary>
internal static class WorkerCommands
{
    /// <summary>The names that can be switched off.</summary>
    internal static FrozenSet<string> Names { get; } = FrozenSet.ToFrozenSet(
    [
        "ping", "stats", "active", "scheduled", "reserved", "revoked", "registered", "active_queues", "conf", "report", "query_task", "clock", "hello", "memsample", "memdump", "objgraph",
        "revoke", "terminate", "revoke_by_stamped_headers", "time_limit", "rate_limit", "pool_grow", "pool_shrink", "pool_restart", "autoscale", "add_consumer", "cancel_consumer", "enable_events", "disable_events",
        "heartbeat", "shutdown", "election",
    ]);

    // Names of old Celery versions that its workers still answer to.
    private static readonly (string Alias, string Method)[] Aliases =
    [
        ("dump_conf", "conf"), ("dump_schedule", "scheduled"), ("dump_reserved", "reserved"), ("dump_active", "active"), ("dump_revoked", "revoked"), ("dump_tasks", "registered"),
    ];

    /// <summary>What the worker can be told.</summary>
    internal static ControlPanel Of(CommandServices services)
    {
        IControlCommand[] all =
        [
            .. TaskCommands.Of(services),
            .. WorkerInfoCommands.Of(services),
            .. MemoryCommands.Of(services),
            .. PoolCommands.Of(services),
            .. HostCommands.Of(services),
            new PingCommand(services.Queues),
            new AddConsumerCommand(services.Queues, services.Surroundings.ConfiguredQueue),
            new CancelConsumerCommand(services.Queues),
            new HelloCommand(services),
            new RevokeCommand(RevokeCommand.Revoke, services.Revoker, services.Stopping),
            new RevokeCommand(RevokeCommand.Terminate, services.Revoker, services.Stopping),
            new RevokeByStampCommand(services.Revoker, services.Stopping),
            new TimeLimitCommand(services.Handlers, services.TimeLimits),
            new RateLimitCommand(services.Handlers, services.RateLimits, services.RateChanged),
        ];
        var byName = all.ToDictionary(command => command.Method);
        var disabled = services.Options.DisabledCommands.ToHashSet(StringComparer.Ordinal);
        foreach (var (alias, method) in Aliases)
        {
            if (disabled.Contains(method)) disabled.Add(alias); // another way to the same
        }

        return new ControlPanel(services.NodeName, [.. all, .. Aliases.Select(alias => new RenamedCommand(alias.Alias, byName[alias.Method]))], disabled);
    }
}
