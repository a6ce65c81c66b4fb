using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Reading;

/// <summary>The form of a key, such as <c>{customer}:{day}</c>, cut into texts and parameters.</summary>
internal sealed record KeyTemplate
{
    /// <summary>Its parts in order; a parameter by the position among those that travel.</summary>
    public required EquatableArray<KeyPart> Parts { get; init; }

    /// <summary>What stands between the parameters and must not look the same in a value; empty where one value is the whole key.</summary>
    public string Separators =>
        Parts.Count(part => part.Parameter is not null) < 2 ? "" : new string(Parts.SelectMany(part => part.Text ?? "").Distinct().OrderBy(letter => letter).ToArray());

    /// <summary>Reads a form.</summary>
    /// <param name="text">The form; <c>null</c> is the empty one.</param>
    /// <param name="method">The task.</param>
    /// <param name="problem">What is wrong with it; <c>null</c> when nothing is.</param>
    internal static KeyTemplate Read(string? text, IMethodSymbol method, out string? problem)
    {
        problem = null;
        var parts = new List<KeyPart>();
        var travelling = method.Parameters.Where(parameter => !parameter.IsInjected() && !parameter.Type.IsProgress()).ToList();
        for (var rest = text ?? ""; rest.Length > 0;)
        {
            var open = rest.IndexOfAny(['{', '}']);
            if (open != 0)
            {
                var end = open < 0 ? rest.Length : open;
                parts.Add(new KeyPart(rest.Substring(0, end), null));
                rest = rest.Substring(end);
                continue;
            }

            var close = rest.IndexOf('}');
            var name = close > 1 ? rest.Substring(1, close - 1) : "";
            if (rest[0] == '}' || name.Length == 0 || name.Contains('{'))
            {
                problem ??= "its braces do not enclose names; write it as \"{customer}:{day}\"";
                break;
            }

            var index = travelling.FindIndex(parameter => parameter.Name == name);
            problem ??= index < 0 ? Unknown(name, travelling) : Unfit(travelling[index]);
            parts.Add(new KeyPart(null, index));
            rest = rest.Substring(close + 1);
        }

        return new KeyTemplate { Parts = parts.ToEquatableArray() };
    }

    private static string Unknown(string name, List<IParameterSymbol> travelling) => travelling.Count == 0
        ? $"'{name}' is none of its arguments, as it has none; leave the key out"
        : $"'{name}' is none of its arguments; they are {string.Join(", ", travelling.Select(parameter => parameter.Name))}";

    private static string? Unfit(IParameterSymbol parameter)
    {
        var type = parameter.Type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : parameter.Type;
        if (type.TypeKind == TypeKind.Enum || KnownTypes.Simple(type) is not (null or "Any" or "JsonElement")) return null;
        return $"'{parameter.Name}' is a {type.ToDisplayString()}, which has no text of its own; use a text, a number, an id, a date or an enum";
    }
}

/// <summary>A part of a key.</summary>
/// <param name="Text">The text itself; <c>null</c> for a parameter.</param>
/// <param name="Parameter">Position of the parameter among those that travel; <c>null</c> for a text.</param>
internal sealed record KeyPart(string? Text, int? Parameter);
