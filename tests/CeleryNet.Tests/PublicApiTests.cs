using System.Reflection;
using CeleryNet.Brokers;

namespace CeleryNet.Tests;

/// <summary>
/// The public API of each shipped assembly is what its approved text says. A change on purpose: run the tests once with <c>CELERYNET_APPROVE_API=1</c> and commit the new text.
/// </summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData("CeleryNet")]
    [InlineData("CeleryNet.RabbitMQ")]
    [InlineData("CeleryNet.Redis")]
    [InlineData("CeleryNet.Sql")]
    [InlineData("CeleryNet.EntityFrameworkCore")]
    [InlineData("CeleryNet.Testing")]
    public void PublicApi_OfShippedAssembly_IsTheApprovedOne(string name)
    {
        var assembly = name == "CeleryNet" ? typeof(IBroker).Assembly : Assembly.Load(name);
        var file = Path.Combine(Folder(), $"{name}.txt");

        var actual = PublicApi.Describe(assembly);
        if (Environment.GetEnvironmentVariable("CELERYNET_APPROVE_API") == "1") File.WriteAllText(file, actual);
        var approved = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";

        var added = actual.Split('\n').Except(approved.Split('\n')).ToList();
        var removed = approved.Split('\n').Except(actual.Split('\n')).ToList();
        (actual == approved).Should().BeTrue(
            $"the public API of {name} changed. Added:\n  {string.Join("\n  ", added)}\nRemoved:\n  {string.Join("\n  ", removed)}\nWhen it is meant, approve it with CELERYNET_APPROVE_API=1.");
    }

    private static string Folder() => Path.Combine(Repository.Root, "tests", "CeleryNet.Tests", "PublicApi");
}
