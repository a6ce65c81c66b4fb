namespace CeleryNet.Tests;

/// <summary>The repository these tests were built in. Found from the tests' own folder, since a deterministic build knows no source paths.</summary>
internal static class Repository
{
    internal static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CeleryNet.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds CeleryNet.sln.");
    }
}
