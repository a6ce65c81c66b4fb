using CeleryNet.SourceGenerator.Reading;

namespace CeleryNet.SourceGenerator.Writing;

/// <summary>A task while its code is written.</summary>
internal sealed class TaskCode
{
    internal TaskCode(TaskModel model, string name, ConverterFields converters)
    {
        Model = model;
        Name = name;
        Locals = model.Parameters.Select((parameter, index) => Names.Local(parameter.Name, index)).ToList();
        Wire = model.Parameters
            .Select((parameter, index) => (parameter, index))
            .Where(pair => pair.parameter.Source == ParameterSource.Wire)
            .Select(pair => new WireParameter(pair.parameter, Locals[pair.index], converters.Use(pair.parameter.Converter!, pair.parameter.Type))) // a parameter that travels has one
            .ToList();
        Reports = model.Parameters
            .Where(parameter => parameter.Source == ParameterSource.Progress)
            .ToDictionary(parameter => parameter, parameter => converters.Use(parameter.Converter!, parameter.ReportType!)); // a parameter that reports has both
        Result = model is { ResultConverter: { } converter, ResultType: { } type } ? converters.Use(converter, type) : null;
    }

    internal TaskModel Model { get; }

    /// <summary>Start of the names of its members.</summary>
    internal string Name { get; }

    /// <summary>Names of all parameters inside generated methods.</summary>
    internal IReadOnlyList<string> Locals { get; }

    internal IReadOnlyList<WireParameter> Wire { get; }

    /// <summary>True when a call with the result of the task before is written too.</summary>
    internal bool HasStep { get; set; }

    /// <summary>Converters of what is reported, by the parameter that reports it.</summary>
    internal IReadOnlyDictionary<ParameterModel, string> Reports { get; }

    /// <summary>Converter of the result; <c>null</c> when there is none.</summary>
    internal string? Result { get; }
}

/// <summary>A parameter that travels.</summary>
/// <param name="Model">The parameter.</param>
/// <param name="Local">Its name inside generated methods.</param>
/// <param name="Converter">Expression of its converter.</param>
internal sealed record WireParameter(ParameterModel Model, string Local, string Converter);
