namespace CeleryNet.Hosting;

/// <summary>One call of <c>Configure</c>, kept as a service until the options are made.</summary>
internal sealed record TaskQueueOptionsChange(Action<TaskQueueOptions> Apply);
