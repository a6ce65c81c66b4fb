using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CeleryNet.Testing;

/// <summary>What tests change of a host.</summary>
public static class TaskQueueBuilderTestingExtensions
{
    /// <summary>Puts a double in the place of a service, however often and with whatever lifetime it was registered: <c>queue.Replace&lt;IMailer&gt;(mailer)</c>.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="instance">The double.</param>
    /// <typeparam name="TService">The service.</typeparam>
    public static TaskQueueBuilder Replace<TService>(this TaskQueueBuilder builder, TService instance) where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(instance);
        builder.Services.RemoveAll<TService>();
        builder.Services.AddSingleton(instance);
        return builder;
    }
}
