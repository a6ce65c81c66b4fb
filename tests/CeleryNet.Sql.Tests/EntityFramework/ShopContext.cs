using Microsoft.EntityFrameworkCore;

namespace CeleryNet.Sql.Tests.EntityFramework;

/// <summary>A context of the application.</summary>
public sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Order>().ToTable("shop_order").HasIndex(order => order.Name).IsUnique();
}
