using CeleryNet.Diagnostics;
using CeleryNet.EntityFrameworkCore.Saving;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace CeleryNet.EntityFrameworkCore;

/// <summary>What a context knows of CeleryNet: a buffer of its own, which takes part in what it saves.</summary>
internal sealed class CeleryNetOptionsExtension(IServiceProvider application) : IDbContextOptionsExtension
{
    public DbContextOptionsExtensionInfo Info => field ??= new ExtensionInfo(this);

    /// <summary>The client of the application.</summary>
    /// <exception cref="TaskQueueConfigurationException">There is none.</exception>
    internal ITaskClient Client => application.GetService<ITaskClient>() ?? throw new TaskQueueConfigurationException(
        ErrorCodes.InvalidConfiguration, "UseCeleryNet was given services without a task client. Call services.AddTaskQueue(…), and hand over the services of the application.");

    public void ApplyServices(IServiceCollection services) => services
        .AddScoped<TaskBuffer>()
        .AddScoped<IInterceptor>(static context => context.GetRequiredService<TaskBuffer>())
        .AddScoped<IResettableService>(static context => context.GetRequiredService<TaskBuffer>());

    public void Validate(IDbContextOptions options)
    {
    }

    // The services of all contexts are the same: whose client it is, is asked of the options of each.
    private sealed class ExtensionInfo(CeleryNetOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => "using CeleryNet ";

        public override int GetServiceProviderHashCode() => 0;

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is ExtensionInfo;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) => debugInfo["CeleryNet"] = "1";
    }
}
