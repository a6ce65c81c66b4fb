namespace CeleryNet.Hosting;

/// <summary>
/// Checks a part of the configuration at start, such as the options of the worker. Everything that is wrong is collected into one
/// <see cref="TaskQueueConfigurationException"/>.
/// </summary>
internal interface IStartupCheck
{
    /// <summary>Adds one sentence for each thing that is wrong: key or option, value, allowed range.</summary>
    void Check(ICollection<string> failures);
}
