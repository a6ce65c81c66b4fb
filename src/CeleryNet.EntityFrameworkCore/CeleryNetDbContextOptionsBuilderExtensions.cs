using CeleryNet;
using CeleryNet.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Adds CeleryNet to a context.</summary>
public static class CeleryNetDbContextOptionsBuilderExtensions
{
    /// <summary>
    /// Lets the context send tasks with what it saves (<see cref="DbContextTaskExtensions.Enqueue{T}(DbContext, Signature{T})"/>):
    /// <c>AddDbContext&lt;ShopContext&gt;((services, options) =&gt; options.UseNpgsql(…).UseCeleryNet(services))</c>.
    /// </summary>
    /// <remarks>The broker is the same database (<c>UsePostgres</c>, <c>UseSqlite</c>), or another one, with an outbox in the database of the context (<c>UseOutbox</c>).</remarks>
    /// <param name="builder">The options of the context.</param>
    /// <param name="services">The services of the application, which <c>AddDbContext</c>, <c>AddDbContextPool</c> and <c>AddDbContextFactory</c> hand over. The task client is taken from them when the first task is sent.</param>
    public static DbContextOptionsBuilder UseCeleryNet(this DbContextOptionsBuilder builder, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(services);
        ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(new CeleryNetOptionsExtension(services));
        return builder;
    }

    /// <inheritdoc cref="UseCeleryNet(DbContextOptionsBuilder, IServiceProvider)"/>
    /// <typeparam name="TContext">The context.</typeparam>
    public static DbContextOptionsBuilder<TContext> UseCeleryNet<TContext>(this DbContextOptionsBuilder<TContext> builder, IServiceProvider services) where TContext : DbContext =>
        (DbContextOptionsBuilder<TContext>)UseCeleryNet((DbContextOptionsBuilder)builder, services);
}
