namespace CeleryNet.Results;

/// <summary>An error as it travels: data only. No type is ever loaded by the names in it.</summary>
/// <param name="Type">Field <c>exc_type</c>: qualified class name of the other side, such as <c>ValueError</c>.</param>
/// <param name="Arguments">Field <c>exc_message</c>: the exception's arguments as JSON array, or a JSON string.</param>
/// <param name="Module">Field <c>exc_module</c>, such as <c>builtins</c>; <c>null</c> when absent.</param>
public sealed record RemoteError(string Type, ReadOnlyMemory<byte> Arguments, string? Module)
{
    /// <summary>The arguments for people: a single text as it is, several as a list.</summary>
    public string Message => RemoteErrorText.Read(Arguments.Span);
}
