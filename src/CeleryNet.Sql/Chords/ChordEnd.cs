namespace CeleryNet.Sql.Chords;

/// <summary>The end of a member of a chord, to be counted.</summary>
/// <param name="Chord">Id of the header.</param>
/// <param name="Place">Its place in the header; <c>null</c>: behind all others.</param>
/// <param name="TaskId">The member.</param>
/// <param name="Part">What it has ended with.</param>
/// <param name="Run">Its run.</param>
/// <param name="LeastSize">How many members the header has at least; zero when that is not known.</param>
internal sealed record ChordEnd(string Chord, int? Place, string TaskId, byte[] Part, string Run, int LeastSize);
