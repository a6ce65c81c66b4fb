// What records, required members and the shared sources ask of the framework, which netstandard2.0 lacks.
#pragma warning disable IDE0130 // the compiler looks for these namespaces

namespace System.Runtime.CompilerServices
{
    internal static class IsExternalInit;

    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Field | AttributeTargets.Property)]
    internal sealed class RequiredMemberAttribute : Attribute;

    [AttributeUsage(AttributeTargets.All, AllowMultiple = true)]
    internal sealed class CompilerFeatureRequiredAttribute(string featureName) : Attribute
    {
        public string FeatureName { get; } = featureName;
    }
}

namespace System.Diagnostics.CodeAnalysis
{
    [AttributeUsage(AttributeTargets.Constructor)]
    internal sealed class SetsRequiredMembersAttribute : Attribute;
}

namespace System.Numerics
{
    internal static class BitOperations
    {
        internal static int TrailingZeroCount(ulong value)
        {
            if (value == 0) return 64;
            var count = 0;
            for (; (value & 1) == 0; value >>= 1) count++;
            return count;
        }
    }
}
