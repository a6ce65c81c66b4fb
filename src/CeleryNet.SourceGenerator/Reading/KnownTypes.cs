using Microsoft.CodeAnalysis;

namespace CeleryNet.SourceGenerator.Reading;

/// <summary>Types with a converter of their own, and types that can never travel.</summary>
internal static class KnownTypes
{
    private const string NeverTravels = "it never travels; make it a parameter of its own, which is injected";

    /// <summary>Name of the converter of a type that has one; <c>null</c> for any other type.</summary>
    internal static string? Simple(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Boolean => "Boolean",
        SpecialType.System_Byte => "Byte",
        SpecialType.System_SByte => "SByte",
        SpecialType.System_Int16 => "Int16",
        SpecialType.System_UInt16 => "UInt16",
        SpecialType.System_Int32 => "Int32",
        SpecialType.System_UInt32 => "UInt32",
        SpecialType.System_Int64 => "Int64",
        SpecialType.System_UInt64 => "UInt64",
        SpecialType.System_Single => "Single",
        SpecialType.System_Double => "Double",
        SpecialType.System_Decimal => "Decimal",
        SpecialType.System_String => "String",
        SpecialType.System_Char => "Char",
        SpecialType.System_DateTime => "DateTime",
        SpecialType.System_Object => "Any",
        _ when type is not INamedTypeSymbol { Arity: 0, ContainingType: null } => null,
        _ => (type.Name, type.ContainingNamespace.ToDisplayString()) switch
        {
            ("Guid" or "DateTimeOffset" or "DateOnly" or "TimeOnly" or "TimeSpan" or "Uri" or "Half", "System") => type.Name,
            ("BigInteger", "System.Numerics") => "BigInteger",
            ("JsonElement", "System.Text.Json") => "JsonElement",
            _ => null,
        },
    };

    /// <summary>True for the generic lists and sets whose converter has the name of the type.</summary>
    internal static bool IsList(string name) => name is "List" or "IList" or "ICollection" or "IEnumerable" or "IReadOnlyList" or "IReadOnlyCollection"
        or "HashSet" or "ISet" or "IReadOnlySet";

    /// <summary>Why a type cannot travel and what to do; <c>null</c> when it may, through JSON metadata.</summary>
    internal static string? WhyNot(ITypeSymbol type)
    {
        if (type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer) return "a pointer means nothing in another process; pass the data";
        if (type.IsRefLikeType) return "it lives on the stack only; use an array or a list";
        if (type.TypeKind == TypeKind.Delegate) return "code does not travel; pass the data and let the task decide";
        if (type.TypeKind == TypeKind.TypeParameter) return "its type is open; use a closed type";
        if (type.SpecialType is SpecialType.System_IntPtr or SpecialType.System_UIntPtr) return "its size depends on the machine; use long or ulong";
        if (type.IsTaskContext() || type.IsCancellationToken() || type.IsProgress() || type.Is("System", "IServiceProvider")) return NeverTravels;
        if (type.IsOrDerivesFrom("System.Reflection", "MemberInfo") || type.IsOrDerivesFrom("System.Reflection", "Assembly"))
            return "names of .NET types are never sent; pass a text that the task looks up";
        if (type.IsOrDerivesFrom("System.IO", "Stream") || type.IsOrDerivesFrom("System.IO", "TextReader") || type.IsOrDerivesFrom("System.IO", "TextWriter"))
            return "a stream cannot be sent; use byte[], or pass the name of the file";
        if (IsTaskLike(type)) return "it is work under way, not a value; await it and pass the result";
        if (type.Is("System.Collections.Generic", "IAsyncEnumerable") || type.Is("System.Collections.Generic", "IAsyncEnumerator"))
            return "a message holds a whole value; use a list";
        if (type.IsOrDerivesFrom("System", "Exception")) return "an exception has no wire form; pass its message";
        if (type.IsOrDerivesFrom("System.Linq.Expressions", "Expression")) return "code does not travel; pass the data and let the task decide";
        return null;
    }

    private static bool IsTaskLike(ITypeSymbol type) =>
        type.IsOrDerivesFrom("System.Threading.Tasks", "Task") || type.Is("System.Threading.Tasks", "ValueTask");
}
