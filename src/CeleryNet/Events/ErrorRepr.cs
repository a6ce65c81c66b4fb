using System.Text;
using CeleryNet.Results;
using CeleryNet.Serialization;

namespace CeleryNet.Events;

/// <summary>Shows an error as Python's <c>repr(exception)</c> would: <c>ValueError('bad value', 42)</c>.</summary>
internal static class ErrorRepr
{
    internal static string Of(RemoteError error)
    {
        var arguments = error.Arguments.Span;
        if (arguments.IsEmpty) return $"{error.Type}()";
        if (arguments[0] != (byte)'[')
        {
            var quoted = new StringBuilder();
            PythonRepr.Quote(error.Message, quoted);
            return $"{error.Type}({quoted})";
        }

        var tuple = PythonRepr.OfTuple(arguments);
        return tuple.EndsWith(",)", StringComparison.Ordinal) ? $"{error.Type}{tuple[..^2]})" : $"{error.Type}{tuple}";
    }
}
