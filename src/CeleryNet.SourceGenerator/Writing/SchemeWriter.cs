using CeleryNet.SourceGenerator.Reading;

namespace CeleryNet.SourceGenerator.Writing;

/// <summary>Writes the module initializer that makes the schemes of referenced packages known.</summary>
internal static class SchemeWriter
{
    internal static string Write(EquatableArray<SchemeModel> schemes)
    {
        var writer = SourceWriter.File();
        writer.Open("namespace CeleryNet.Generated");
        writer.Line("/// <summary>Makes the schemes of the referenced packages known to <c>UseBroker</c> and <c>UseResults</c>.</summary>");
        writer.Line(Names.Generated);
        writer.Line(Names.Embedded);
        writer.Open("internal static class Schemes");
        writer.Line("[global::System.Runtime.CompilerServices.ModuleInitializer]");
        writer.Open("internal static void Register()");
        foreach (var scheme in schemes) writer.Line($"{scheme.Registry}.Add<{scheme.Factory}>({TypeText.Literal(scheme.Scheme)});");
        writer.Close();
        writer.Close();
        writer.Close();
        return writer.ToString();
    }
}
