namespace CeleryNet.Serialization;

/// <summary>Writes some fields of an object.</summary>
/// <typeparam name="TState">What they are written from.</typeparam>
internal delegate void PlainFields<in TState>(ref PlainJson json, TState state);
