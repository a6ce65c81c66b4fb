using System.Text.Json;

namespace CeleryNet.Interop.Tests.PythonPeer;

/// <summary>The end of a task as Python's <c>AsyncResult.get()</c> shows it.</summary>
/// <param name="State">State.</param>
/// <param name="Value">Return value; undefined when it failed.</param>
/// <param name="Error">The exception that was raised; <c>null</c> when it succeeded.</param>
/// <param name="Traceback">Traceback as stored.</param>
public sealed record PythonResult(string State, JsonElement Value, PythonError? Error, string? Traceback);

/// <summary>An exception in Python.</summary>
/// <param name="Type">Name of its class.</param>
/// <param name="Module">Module of its class.</param>
/// <param name="Args">Its arguments.</param>
/// <param name="Message">What <c>str()</c> makes of it.</param>
public sealed record PythonError(string Type, string Module, JsonElement Args, string Message);
