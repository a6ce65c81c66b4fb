namespace CeleryNet.Sql.Tests.EntityFramework;

/// <summary>An entity of the application.</summary>
public sealed class Order
{
    public int Id { get; set; }

    /// <summary>Unique in its table.</summary>
    public required string Name { get; set; }
}
