namespace CeleryNet.Sql.Tests;

/// <summary>The services that a test gives to the code under test.</summary>
public sealed class TestServices(params object[] services) : IServiceProvider
{
    public object? GetService(Type serviceType) => Array.Find(services, serviceType.IsInstanceOfType);
}
