using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;

namespace CeleryNet.Packages.Tests;

/// <summary>All packages of the repository, packed once into a temporary folder, which is a feed for other projects; for test classes of the collection <see cref="Collection"/>.</summary>
[CollectionDefinition(Collection)]
public sealed class PackageFeed : IAsyncLifetime, ICollectionFixture<PackageFeed>
{
    /// <summary>Name of the collection that shares it.</summary>
    public const string Collection = "packages";

    private readonly string _root = Directory.CreateTempSubdirectory("celerynet-packages-").FullName;

    /// <summary>The root of the repository that these tests are part of.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder with the packages.</summary>
    public string Folder => Path.Combine(_root, "feed");

    /// <summary>Where the machine keeps restored packages; only read here.</summary>
    private static string MachinePackages =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        var configuration = typeof(PackageFeed).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration; // the SDK always writes it
        await Task.WhenAll(Shipped(Repository).Concat(With(Repository, "IsTemplatePackage")).Select(project => Dotnet.RunAsync(Repository, "pack", project, "--no-build", "-c", configuration, "-o", Folder, "-v", "q", "--nologo")));
    }

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Opens a package; its name is matched up to the version.</summary>
    public ZipArchive Open(string name, string extension = "nupkg") => ZipFile.OpenRead(Find(name, extension));

    /// <summary>The version that a package was packed with.</summary>
    public string VersionOf(string name) => Path.GetFileNameWithoutExtension(Find(name, "nupkg"))[(name.Length + 1)..];

    /// <summary>Names of the libraries that are packages.</summary>
    public static IReadOnlyList<string> Names => [.. Shipped(Repository).Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal)];

    /// <summary>A new folder outside the repository.</summary>
    public string CreateFolder(string name) => Directory.CreateDirectory(Path.Combine(_root, name)).FullName;

    /// <summary>
    /// Restores a project from this feed and the machine's own sources. The packages of the feed go to a folder that is deleted after the tests, so that none of them is found on the
    /// machine later; all others are taken from where the machine keeps them.
    /// </summary>
    public Task RestoreAsync(string folder) => Dotnet.RunAsync(
        folder, "restore", "-v", "q", $"-p:RestoreAdditionalProjectSources={Folder}", $"-p:RestorePackagesPath={RestoredPackages}", $"-p:RestoreFallbackFolders={MachinePackages}", "-p:NuGetAudit=false");

    /// <summary>Where the packages of this feed are restored to.</summary>
    public string RestoredPackages => Path.Combine(_root, "restored");

    /// <summary>Path of a package; its name is matched up to the version.</summary>
    public string Find(string name, string extension = "nupkg") => Directory.GetFiles(Folder, $"{name}.*.{extension}").Single(path => char.IsAsciiDigit(Path.GetFileName(path)[name.Length + 1]));

    private static IEnumerable<string> Shipped(string repository) => With(repository, "IsShippedLibrary");

    private static IEnumerable<string> With(string repository, string property) =>
        Directory.EnumerateDirectories(Path.Combine(repository, "src")).SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj"))
            .Where(path => XDocument.Load(path).Descendants(property).Any(element => element.Value == "true"));

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CeleryNet.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No CeleryNet.sln above {AppContext.BaseDirectory}.");
    }
}
