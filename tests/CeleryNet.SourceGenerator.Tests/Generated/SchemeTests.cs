using System.Runtime.Loader;

namespace CeleryNet.SourceGenerator.Tests.Generated;

public sealed class SchemeTests
{
    private const string Package = """
        using CeleryNet.Brokers; using CeleryNet.Results;
        [assembly: BrokerScheme("shop", typeof(Package.ShopBroker))]
        [assembly: BrokerScheme("shops", typeof(Package.ShopBroker))]
        [assembly: ResultScheme("shop", typeof(Package.ShopResults))]
        [assembly: BrokerScheme("hidden", typeof(Package.HiddenBroker))]
        namespace Package;
        public sealed class ShopBroker : IBrokerFactory
        {
            public static IBroker CreateBroker(IServiceProvider services, IReadOnlyList<ConnectionString> urls) => throw new NotSupportedException("shop broker asked");
        }
        public sealed class ShopResults : IResultBackendFactory
        {
            public static IResultBackend CreateResults(IServiceProvider services, IReadOnlyList<ConnectionString> urls) => throw new NotSupportedException("shop results asked");
        }
        internal sealed class HiddenBroker : IBrokerFactory
        {
            public static IBroker CreateBroker(IServiceProvider services, IReadOnlyList<ConnectionString> urls) => throw new NotSupportedException();
        }
        """;

    [Fact]
    public void Host_OfAMarkedPackage_RegistersItsSchemesInAModuleInitializer()
    {
        var package = Harness.ToReference(Harness.Compile(Package, "Package"));

        var text = Harness.Files("class Program;", [package])["Schemes.g.cs"];

        text.Should().Contain("[global::System.Runtime.CompilerServices.ModuleInitializer]")
            .And.Contain("global::CeleryNet.Brokers.BrokerSchemes.Add<global::Package.ShopBroker>(\"shop\");")
            .And.Contain("global::CeleryNet.Brokers.BrokerSchemes.Add<global::Package.ShopBroker>(\"shops\");")
            .And.Contain("global::CeleryNet.Results.ResultSchemes.Add<global::Package.ShopResults>(\"shop\");")
            .And.NotContain("Hidden", "an internal factory cannot be named here");
        Harness.ErrorsOf(Harness.Generate("class Program;", more: [package])).Should().BeEmpty();
    }

    [Fact]
    public void Package_RegistersItsOwnSchemesToo()
    {
        Harness.Files(Package)["Schemes.g.cs"].Should().Contain("global::Package.HiddenBroker");
    }

    [Fact]
    public void Host_WithoutMarkedPackages_GetsNoInitializer()
    {
        var plain = Harness.ToReference(Harness.Compile("public class Plain;", "Plain"));

        Harness.Files("class Program;", [plain]).Keys.Should().NotContain(name => name == "Schemes.g.cs" && !LibraryServesSchemes);
    }

    [Fact]
    public void Initializer_WhenTheModuleIsUsed_MakesTheSchemeKnown()
    {
        var package = Harness.Compile(Package.Replace("\"shop\"", "\"runshop\""), "RunPackage");
        var host = Harness.Generate("public static class Host { public static void Touch() { } }", "RunHost", [Harness.ToReference(package)]);
        var here = new AssemblyLoadContext("schemes");
        Load(here, package);

        Load(here, host).GetType("Host")!.GetMethod("Touch")!.Invoke(null, null); // both were written above

        var create = () => Brokers.BrokerSchemes.Create(new NoServices(), "runshop://here/");
        create.Should().Throw<NotSupportedException>().WithMessage("shop broker asked");
    }

    // The core serves memory:// once it has that broker; then every host has an initializer.
    private static bool LibraryServesSchemes =>
        typeof(Brokers.BrokerSchemeAttribute).Assembly.GetCustomAttributesData().Any(attribute => attribute.AttributeType == typeof(Brokers.BrokerSchemeAttribute));

    private static System.Reflection.Assembly Load(AssemblyLoadContext where, Microsoft.CodeAnalysis.Compilation compilation)
    {
        using var stream = new MemoryStream();
        compilation.Emit(stream).Success.Should().BeTrue();
        stream.Position = 0;
        return where.LoadFromStream(stream);
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
