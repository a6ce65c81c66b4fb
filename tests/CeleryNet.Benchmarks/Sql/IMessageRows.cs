namespace CeleryNet.Benchmarks.Sql;

/// <summary>The table of messages, seen from outside.</summary>
internal interface IMessageRows : IAsyncDisposable
{
    /// <summary>Adds ready messages by the fastest way that the database has.</summary>
    Task FillAsync(string queue, int count, CancellationToken deadline);

    Task<long> CountAsync(CancellationToken deadline);

    /// <summary>Empties messages and results.</summary>
    Task ClearAsync(CancellationToken deadline);
}
