using CeleryNet.SourceGenerator.Reading;

namespace CeleryNet.SourceGenerator.Writing;

/// <summary>Expressions that resolve services.</summary>
internal static class ServiceText
{
    internal static string Required(string type, string provider) =>
        $"{Names.DependencyInjection}.ServiceProviderServiceExtensions.GetRequiredService<{type}>({provider})";

    internal static string Of(ServiceModel service, string provider)
    {
        if (service.IsProvider) return provider;
        const string keyed = Names.DependencyInjection + ".ServiceProviderKeyedServiceExtensions";
        if (service.Default is null)
            return service.Key is null ? Required(service.Type, provider) : $"{keyed}.GetRequiredKeyedService<{service.Type}>({provider}, {service.Key})";

        // A value type that is not registered would come back as zero, so it is asked for in its nullable form, boxed.
        var found = (service.Key, service.IsValueType) switch
        {
            (null, true) => $"({service.Type}?){provider}.GetService(typeof({service.Type}))",
            (null, false) => $"{Names.DependencyInjection}.ServiceProviderServiceExtensions.GetService<{service.Type}>({provider})",
            ({ } key, true) => $"({service.Type}?){keyed}.GetKeyedService<object>({provider}, {key})",
            ({ } key, false) => $"{keyed}.GetKeyedService<{service.Type}>({provider}, {key})",
        };
        if (service.IsValueType) return $"(({found}) ?? {service.Default})";
        var isNull = service.Default == "null" || service.Default.StartsWith("default", StringComparison.Ordinal);
        return isNull ? found : $"({found} ?? {service.Default})";
    }
}
