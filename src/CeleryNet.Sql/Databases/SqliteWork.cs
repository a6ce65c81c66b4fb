namespace CeleryNet.Sql.Databases;

/// <summary>Something to be written by <see cref="SqliteWriter"/>.</summary>
internal abstract class SqliteWork
{
    private const int Waiting = 0, Begun = 1, Abandoned = 2;

    private int _state;

    /// <summary>True when it is to be done; false when nobody waits for it any more.</summary>
    internal bool TryBegin() => Interlocked.CompareExchange(ref _state, Begun, Waiting) == Waiting;

    /// <summary>True when it had not begun, so that it never will.</summary>
    internal bool TryAbandon() => Interlocked.CompareExchange(ref _state, Abandoned, Waiting) == Waiting;

    /// <summary>Does it.</summary>
    internal abstract void Run(SqlSession session);

    /// <summary>Its transaction is committed. Of no effect after a failure.</summary>
    internal abstract void Complete();

    internal abstract void Fail(Exception error);
}

/// <inheritdoc/>
internal sealed class SqliteWork<T>(Func<SqlSession, ValueTask<T>> work) : SqliteWork
{
    private readonly TaskCompletionSource<T> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _value;

    internal Task<T> Task => _ended.Task;

    internal override void Run(SqlSession session)
    {
        var done = work(session);
        if (!done.IsCompleted) throw new InvalidOperationException("Work in a SQLite transaction waited for something else than the database.");
        _value = done.GetAwaiter().GetResult();
    }

    internal override void Complete() => _ended.TrySetResult(_value!); // set by Run, or else it has failed already

    internal override void Fail(Exception error) => _ended.TrySetException(error);
}
