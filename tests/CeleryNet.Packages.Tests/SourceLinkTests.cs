using System.Diagnostics;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Text;

namespace CeleryNet.Packages.Tests;

/// <summary>Symbols lead a debugger to the sources of the commit that was packed: shown with a library of a repository of its own, since that of a clone depends on where it was cloned from.</summary>
public sealed class SourceLinkTests : IDisposable
{
    // "SourceLink" of the portable PDB format.
    private static readonly Guid SourceLinkKind = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    private readonly string _folder = Directory.CreateTempSubdirectory("celerynet-sources-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Symbols_OfALibrary_NameTheSourcesOfItsCommit()
    {
        var commit = await CreateRepositoryAsync("https://github.com/example/probe.git");

        await Dotnet.RunAsync(_folder, "pack", "-c", "Release", "-o", Path.Combine(_folder, "feed"), "-p:ContinuousIntegrationBuild=true", "-v", "q", "--nologo");

        using var package = ZipFile.OpenRead(Path.Combine(_folder, "feed", "Probe.1.0.0.nupkg"));
        using var symbols = ZipFile.OpenRead(Path.Combine(_folder, "feed", "Probe.1.0.0.snupkg"));
        package.Text("Probe.nuspec").Should().Contain("url=\"https://github.com/example/probe").And.Contain($"commit=\"{commit}\"");
        SourceLinks(symbols.Bytes("lib/net10.0/Probe.pdb")).Should().Contain($"https://raw.githubusercontent.com/example/probe/{commit}/*");
    }

    /// <summary>A library with the settings of this repository's packages; gives its commit.</summary>
    private async Task<string> CreateRepositoryAsync(string remote)
    {
        var settings = Path.Combine(PackageFeed.Repository, "build");
        await File.WriteAllTextAsync(Path.Combine(_folder, "Probe.csproj"), $"""
            <Project>
              <Import Project="{settings}/Common.props" />
              <Import Project="{settings}/Library.props" />
              <Import Project="Sdk.props" Sdk="Microsoft.NET.Sdk" />
              <PropertyGroup>
                <Version>1.0.0</Version>
                <Description>Shows where its sources are.</Description>
                <GenerateDocumentationFile>false</GenerateDocumentationFile>
                <DefaultItemExcludes>$(DefaultItemExcludes);feed/**</DefaultItemExcludes>
              </PropertyGroup>
              <Import Project="{settings}/Library.targets" />
              <Import Project="Sdk.targets" Sdk="Microsoft.NET.Sdk" />
            </Project>
            """);
        await File.WriteAllTextAsync(Path.Combine(_folder, "README.md"), "# Probe\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "Probe.cs"), "namespace Probes;\n\npublic static class Probe\n{\n    public static int Answer() => 42;\n}\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, ".gitignore"), "bin/\nobj/\nfeed/\n");

        await GitAsync("init", "-q");
        await GitAsync("remote", "add", "origin", remote);
        await GitAsync("add", ".");
        await GitAsync("-c", "user.name=probe", "-c", "user.email=probe@localhost", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "probe");
        return (await GitAsync("rev-parse", "HEAD")).Trim();
    }

    private async Task<string> GitAsync(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = _folder, RedirectStandardOutput = true }) ?? throw new InvalidOperationException("git did not start.");
        var printed = await git.StandardOutput.ReadToEndAsync();
        await git.WaitForExitAsync();
        return git.ExitCode == 0 ? printed : throw new InvalidOperationException($"'git {string.Join(' ', arguments)}' ended with {git.ExitCode}.");
    }

    private static string SourceLinks(byte[] symbols)
    {
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(symbols));
        var reader = provider.GetMetadataReader();
        return string.Concat(reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation)
            .Where(information => reader.GetGuid(information.Kind) == SourceLinkKind)
            .Select(information => Encoding.UTF8.GetString(reader.GetBlobBytes(information.Value))));
    }
}
