using Npgsql;

namespace CeleryNet.Sql.Databases;

/// <summary>What the errors of PostgreSQL mean, by their SQLSTATE.</summary>
internal static class PostgresFaults
{
    internal static SqlFault Of(PostgresException error) => error.SqlState switch
    {
        PostgresErrorCodes.DiskFull => new SqlFault("the disk of the server is full; make room there", IsTransient: true),
        PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.LockNotAvailable => new SqlFault("other sessions hold locks on the tables", IsTransient: true),
        PostgresErrorCodes.QueryCanceled => new SqlFault("it did not answer in time; another session may hold a lock", IsTransient: true),
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow => new SqlFault("the server ended the session", IsTransient: true, MayBeDone: true),
        PostgresErrorCodes.TooManyConnections => new SqlFault("the server has no connection left; raise max_connections or lower Maximum Pool Size", IsTransient: true),
        PostgresErrorCodes.ReadOnlySqlTransaction => new SqlFault("the server is a standby that takes no writes", IsTransient: true),
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => new SqlFault($"it refused the user: {error.MessageText}", IsTransient: false),
        _ when error.SqlState.StartsWith("08", StringComparison.Ordinal) => new SqlFault(error.MessageText, IsTransient: true, MayBeDone: true), // connection exceptions
        _ when error.SqlState.StartsWith("53", StringComparison.Ordinal) => new SqlFault(error.MessageText, IsTransient: true), // insufficient resources
        _ => new SqlFault($"{error.MessageText} ({error.SqlState})", IsTransient: false),
    };
}
