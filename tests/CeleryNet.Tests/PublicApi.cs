using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace CeleryNet.Tests;

/// <summary>Writes what an assembly shows to its users, one line per member, in an order that does not depend on the compiler.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    internal static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetTypes().Where(IsVisible).OrderBy(Name, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (var member in type.GetMembers(Declared).Where(member => !IsGenerated(member)).Select(Line).OfType<string>().Distinct().Order(StringComparer.Ordinal)) text.Append("  ").Append(member).Append('\n');
        }

        return text.ToString();
    }

    private static bool IsVisible(Type type) =>
        type.IsVisible && !type.IsDefined(typeof(CompilerGeneratedAttribute), false) && !type.Name.Contains('<', StringComparison.Ordinal);

    // Equality and the like of records: there is nothing to approve.
    private static bool IsGenerated(MemberInfo member) => member is MethodInfo && member.IsDefined(typeof(CompilerGeneratedAttribute), false);

    private static string Header(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsSubclassOf(typeof(Delegate)) ? "delegate"
            : type.IsValueType ? "struct" : type.IsAbstract && type.IsSealed ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";
        var inherited = type.BaseType?.GetInterfaces() ?? [];
        IEnumerable<string> bases = type.GetInterfaces().Except(inherited).Where(type => type.IsVisible).Select(Name).Order(StringComparer.Ordinal);
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum)) bases = bases.Prepend(Name(parent));
        var list = string.Join(", ", bases);
        return type.IsEnum ? $"{kind} {Name(type)} : {Name(type.GetEnumUnderlyingType())}" : list.Length > 0 ? $"{kind} {Name(type)} : {list}" : $"{kind} {Name(type)}";
    }

    private static string? Line(MemberInfo member) => member switch
    {
        FieldInfo { IsLiteral: true, DeclaringType.IsEnum: true } field => $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), null)}",
        FieldInfo field when IsShown(field.IsPublic, field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName =>
            field.IsLiteral ? $"const {Name(field.FieldType)} {field.Name} = {field.GetRawConstantValue()}" : $"{Prefix(field.IsStatic)}field {Name(field.FieldType)} {field.Name}",
        PropertyInfo property => Property(property),
        EventInfo @event when @event.AddMethod is { IsPublic: true } => $"event {Name(@event.EventHandlerType!)} {@event.Name}",
        ConstructorInfo constructor when IsShown(constructor.IsPublic, constructor.IsFamily || constructor.IsFamilyOrAssembly) && !constructor.IsStatic => $"new({Parameters(constructor)})",
        MethodInfo method when IsShown(method.IsPublic, method.IsFamily || method.IsFamilyOrAssembly) && !IsAccessor(method) && !method.Name.Contains('<', StringComparison.Ordinal) =>
            $"{Prefix(method.IsStatic)}{Virtual(method)}{Name(method.ReturnType)}{Mark(Nullability.Create(method.ReturnParameter), method.ReturnType)} {method.Name}{Generics(method)}({Parameters(method)})",
        _ => null,
    };

    private static string? Property(PropertyInfo property)
    {
        var accessors = string.Concat(
            property.GetMethod is { } get && IsShown(get.IsPublic, get.IsFamily) ? " get;" : "",
            property.SetMethod is { } set && IsShown(set.IsPublic, set.IsFamily) ? set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;" : "");
        if (accessors.Length == 0) return null;
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var any = property.GetMethod ?? property.SetMethod!; // one of them made the accessors
        return $"{required}{Prefix(any.IsStatic)}{Virtual(any)}{Name(property.PropertyType)}{Mark(Nullability.Create(property), property.PropertyType)} {property.Name} {{{accessors} }}";
    }

    private static bool IsShown(bool isPublic, bool isProtected) => isPublic || isProtected;

    // Operators are special names too, and shown.
    private static bool IsAccessor(MethodInfo method) => method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string Prefix(bool isStatic) => isStatic ? "static " : "";

    private static string Virtual(MethodInfo method) =>
        method.DeclaringType!.IsInterface ? (method.IsStatic && method.IsAbstract ? "abstract " : "")
        : method.IsAbstract ? "abstract " : method.GetBaseDefinition() != method ? "override " : method is { IsVirtual: true, IsFinal: false } ? "virtual " : "";

    private static string Generics(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
    {
        var by = parameter.ParameterType.IsByRef ? parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref " : parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        var otherwise = parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "";
        return $"{by}{Name(parameter.ParameterType)}{Mark(Nullability.Create(parameter), parameter.ParameterType)} {parameter.Name}{otherwise}";
    }));

    private static string Mark(NullabilityInfo info, Type type) =>
        !type.IsValueType && (info.ReadState == NullabilityState.Nullable || info.WriteState == NullabilityState.Nullable) ? "?" : "";

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[]";
        if (type.IsGenericParameter) return type.Name;
        if (System.Nullable.GetUnderlyingType(type) is { } inner) return $"{Name(inner)}?";
        var space = type.Namespace is { } own && own.StartsWith("CeleryNet", StringComparison.Ordinal) ? $"{own}." : "";
        var nested = type.DeclaringType is { } outer ? $"{Name(outer)}." : space;
        var tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? $"{nested}{type.Name}" : $"{nested}{type.Name[..tick]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
