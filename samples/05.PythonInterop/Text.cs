namespace PythonInterop;

/// <summary>What the API takes.</summary>
/// <param name="Body">Any text.</param>
internal sealed record Text(string Body);
