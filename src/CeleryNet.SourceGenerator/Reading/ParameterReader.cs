using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Reading;

/// <summary>Makes the model of a parameter.</summary>
internal static class ParameterReader
{
    /// <summary>The model; <c>null</c> when its type does not exist.</summary>
    internal static ParameterModel? Read(IParameterSymbol parameter)
    {
        var model = new ParameterModel
        {
            Name = parameter.Name,
            Type = TypeText.Of(parameter.Type),
            Signature = parameter.Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
            Source = ParameterSource.Wire,
        };
        if (parameter.IsService()) return model with { Source = ParameterSource.Service, Service = ServiceReader.Read(parameter) };
        if (parameter.Type.IsTaskContext()) return model with { Source = ParameterSource.Context };
        if (parameter.Type.IsCancellationToken()) return model with { Source = ParameterSource.CancellationToken };

        var composer = new ConverterComposer();
        var report = parameter.ReportOf();
        var converter = composer.Compose(report ?? parameter.Type);
        if (composer.HasErrors) return null;
        if (report is not null) return model with { Source = ParameterSource.Progress, Converter = converter, ReportType = TypeText.Of(report) };
        return model with
        {
            Converter = converter,
            NotNull = ConverterComposer.IsNotNull(parameter.Type) && parameter is not { HasExplicitDefaultValue: true, ExplicitDefaultValue: null },
            Default = DefaultValue.Of(parameter),
            IsParams = parameter.IsParams,
        };
    }
}
