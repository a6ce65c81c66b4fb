using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using CeleryNet.Contracts;

namespace CeleryNet.Packages.Tests;

[Collection(PackageFeed.Collection)]
public sealed class PackageTests(PackageFeed feed)
{
    public static TheoryData<string> Packages => [.. PackageFeed.Names];

    [Fact]
    public void Packages_AreThoseThatUsersAreTold() =>
        PackageFeed.Names.Should().Contain(["CeleryNet", "CeleryNet.RabbitMQ", "CeleryNet.Redis", "CeleryNet.Sql", "CeleryNet.EntityFrameworkCore", "CeleryNet.Testing"]).And.NotContain("CeleryNet.SourceGenerator");

    [Theory, MemberData(nameof(Packages))]
    public void Package_SaysWhatItIs(string name)
    {
        using var package = feed.Open(name);

        var metadata = Metadata(package, name);

        Value("license").Should().Be("MIT");
        Value("readme").Should().Be("README.md");
        Value("icon").Should().Be("icon.png");
        Value("description").Should().NotBe("Package Description").And.NotBeEmpty();
        package.Text("README.md").Should().StartWith($"# {name}\n");
        package.Bytes("icon.png")[1..4].Should().Equal("PNG"u8.ToArray());

        string? Value(string element) => metadata.Elements().SingleOrDefault(child => child.Name.LocalName == element)?.Value;
    }

    [Theory, MemberData(nameof(Packages))]
    public void Package_HasDocumentationSymbolsAndTrimFlags(string name)
    {
        using var package = feed.Open(name);
        using var symbols = feed.Open(name, "snupkg");

        var assembly = package.Bytes($"lib/net10.0/{name}.dll");

        package.Text($"lib/net10.0/{name}.xml").Should().Contain("<member name=\"T:CeleryNet.");
        symbols.Entries.Select(entry => entry.FullName).Should().Contain($"lib/net10.0/{name}.pdb");
        IndexOfFlag("IsTrimmable").Should().BePositive();
        IndexOfFlag("IsAotCompatible").Should().BePositive();

        // AssemblyMetadataAttribute(name, "True"), each text with its length before it.
        int IndexOfFlag(string flag) => assembly.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"{(char)flag.Length}{flag}\u0004True"));
    }

    [Fact]
    public void Packages_HaveOneVersion() => PackageFeed.Names.Select(feed.VersionOf).Distinct().Should().ContainSingle();

    [Fact]
    public void CorePackage_HasTheGeneratorAsAnalyzer()
    {
        using var package = feed.Open("CeleryNet");

        package.Entries.Select(entry => entry.FullName).Should().Contain("analyzers/dotnet/cs/CeleryNet.SourceGenerator.dll").And.NotContain(path => path.StartsWith("lib/") && path.Contains("Generator"));
    }

    [Theory, MemberData(nameof(Packages))]
    public void OtherPackage_PassesTheGeneratorOn(string name)
    {
        if (name == "CeleryNet") return;
        using var package = feed.Open(name);

        var core = Metadata(package, name).Descendants().Single(element => (string?)element.Attribute("id") == "CeleryNet");

        ((string?)core.Attribute("version")).Should().Be(feed.VersionOf("CeleryNet"));
        ((string?)core.Attribute("include")).Should().Be("All", "without it NuGet keeps the analyzers of a dependency from the project that references this package");
    }

    [SkippableFact]
    public async Task FreshProject_WithThePackages_RunsATaskOnEveryBroker()
    {
        var (rabbitMQ, redis, postgres) = (TestServers.RabbitMQ, TestServers.Redis, TestServers.Postgres);
        var name = $"fresh-{Guid.NewGuid():N}";
        var folder = feed.CreateFolder("Fresh");
        await File.WriteAllTextAsync(Path.Combine(folder, "Fresh.csproj"), FreshProject.Project(feed.VersionOf("CeleryNet")));
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), FreshProject.Program);

        await feed.RestoreAsync(folder);
        await Dotnet.RunAsync(folder, "build", "--no-restore", "-warnaserror", "-v", "q", "--nologo");
        var printed = await Dotnet.RunAsync(folder, Path.Combine("bin", "Debug", "net10.0", "Fresh.dll"), rabbitMQ, redis, name, postgres);

        printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().Equal("harness: 5", "memory: 5", "amqp: 5", "redis: 5", "sqlite: 5", "postgres: 5");
        Directory.Exists(Path.Combine(feed.RestoredPackages, "celerynet", feed.VersionOf("CeleryNet"))).Should().BeTrue("the package of this feed is the one that was used");
    }

    private static XElement Metadata(ZipArchive package, string name) => XDocument.Parse(package.Text($"{name}.nuspec")).Root!.Elements().Single(element => element.Name.LocalName == "metadata"); // a parsed document has a root
}
