namespace CeleryNet.Benchmarks.Canvases;

/// <summary>What is put together of so many tasks that do nothing.</summary>
internal enum CanvasForm
{
    Group,
    Chord,
    Chain,
}
