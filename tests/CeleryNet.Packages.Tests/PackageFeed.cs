using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;

namespace CeleryNet.Packages.Tests;

/// <summary>All packages of the repository, packed once into a temporary folder, which is a feed for other projects.</summary>
public sealed class PackageFeed : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("celerynet-packages-").FullName;

    /// <summary>The folder with the packages.</summary>
    public string Folder => Path.Combine(_root, "feed");

    /// <summary>Where the machine keeps restored packages; only read here.</summary>
    private static string MachinePackages =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        var repository = FindRepository();
        var configuration = typeof(PackageFeed).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration; // the SDK always writes it
        await Task.WhenAll(Shipped(repository).Select(project => Dotnet.RunAsync(repository, "pack", project, "--no-build", "-c", configuration, "-o", Folder, "-v", "q", "--nologo")));
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

    /// <summary>Names of the projects that are packages.</summary>
    public static IReadOnlyList<string> Names => [.. Shipped(FindRepository()).Select(Path.GetFileNameWithoutExtension).OfType<string>().Order(StringComparer.Ordinal)];

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

    private string Find(string name, string extension) => Directory.GetFiles(Folder, $"{name}.*.{extension}").Single(path => char.IsAsciiDigit(Path.GetFileName(path)[name.Length + 1]));

    private static IEnumerable<string> Shipped(string repository) =>
        Directory.EnumerateFiles(Path.Combine(repository, "src"), "*.csproj", SearchOption.AllDirectories)
            .Where(path => XDocument.Load(path).Descendants("IsShippedLibrary").Any(element => element.Value == "true"));

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CeleryNet.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No CeleryNet.sln above {AppContext.BaseDirectory}.");
    }
}
