namespace CeleryNet.SourceGenerator.Tests.Generated;

/// <summary>The generated text of one representative class. To approve a wanted change, copy the file in the output's folder <c>received</c> over the approved one.</summary>
public sealed class SnapshotTests
{
    private const string Source = """
        namespace Shop.Images;

        public interface IImageStore;

        public sealed class ImageTasks(IImageStore store)
        {
            /// <summary>Resizes an image.</summary>
            [Task("images.resize", Queue = "images", TimeLimit = "00:05:00")]
            public async Task<string> ResizeAsync(Guid image, List<int> widths, TaskContext context, bool sharp = true, CancellationToken cancellationToken = default)
            {
                await Task.Yield();
                return $"{image}{widths}{sharp}{store}";
            }

            [Task]
            internal static void Clean([FromServices] IImageStore store) { }
        }
        """;

    private static readonly string Version = typeof(TaskGenerator).Assembly.GetName().Version!.ToString(3); // every assembly has one

    [Theory]
    [InlineData("Shop.Images.ImageTasks.Tasks.g.cs")]
    [InlineData("TasksRegistry.g.cs")]
    public void Generated_RepresentativeClass_IsAsApproved(string file)
    {
        var files = Harness.Files(Source);

        files.Keys.Where(name => name != "Schemes.g.cs").Should().BeEquivalentTo("Shop.Images.ImageTasks.Tasks.g.cs", "TasksRegistry.g.cs");
        var received = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "received"));
        File.WriteAllText(Path.Combine(received.FullName, file + ".txt"), files[file]);
        files[file].Replace(Version, "0.1.0").Should().Be(Approved(file));
    }

    [Fact]
    public void Generated_RepresentativeClass_CompilesWithoutWarnings()
    {
        Harness.ErrorsOf(Harness.Generate(Source)).Should().BeEmpty();
    }

    private static string Approved(string file)
    {
        using var stream = typeof(SnapshotTests).Assembly.GetManifestResourceStream($"CeleryNet.SourceGenerator.Tests.Generated.Approved.{file}.txt")
            ?? throw new InvalidOperationException($"Generated/Approved/{file}.txt is missing");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
