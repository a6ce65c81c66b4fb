using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Reading;

/// <summary>Makes the model of a service that a method or constructor asks for.</summary>
internal static class ServiceReader
{
    internal static ServiceModel Read(IParameterSymbol parameter)
    {
        var type = parameter.Type;
        var isNullableValue = type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        var wanted = isNullableValue ? ((INamedTypeSymbol)type).TypeArguments[0] : type;
        var mayBeNull = isNullableValue || type.NullableAnnotation == NullableAnnotation.Annotated;
        return new ServiceModel
        {
            Type = TypeText.WithoutNull(wanted),
            IsProvider = type.Is("System", "IServiceProvider"),
            IsValueType = type.IsValueType,
            Default = parameter.HasExplicitDefaultValue ? DefaultValue.Of(type, parameter.ExplicitDefaultValue) : mayBeNull ? $"default({TypeText.Of(type)})" : null,
            Key = Key(parameter),
        };
    }

    private static string? Key(IParameterSymbol parameter) =>
        parameter.KeyedServiceAttribute() is { ConstructorArguments: { Length: 1 } arguments } && !arguments[0].IsNull ? Constant(arguments[0]) : null;

    private static string Constant(TypedConstant constant) => constant switch
    {
        { Kind: TypedConstantKind.Type, Value: ITypeSymbol type } => $"typeof({TypeText.Of(type)})",
        { Kind: TypedConstantKind.Primitive, Value: string text } => TypeText.Literal(text),
        // Keys are compared as objects: a byte that became an int would not be found.
        { Kind: TypedConstantKind.Primitive or TypedConstantKind.Enum, Type: { } type } => $"({TypeText.Of(type)})({DefaultValue.Of(type, constant.Value)})",
        _ => "null",
    };
}
