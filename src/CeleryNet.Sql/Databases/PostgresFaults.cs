using System.Net.Sockets;
using Npgsql;

namespace CeleryNet.Sql.Databases;

/// <summary>What the errors of PostgreSQL mean, by their SQLSTATE, and those of the way to it.</summary>
internal static class PostgresFaults
{
    private const string CheckUser = "Check user and password of the address";

    internal static SqlFault Of(PostgresException error) => error.SqlState switch
    {
        PostgresErrorCodes.DiskFull => new SqlFault("the disk of the server is full; make room there", IsTransient: true),
        PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.LockNotAvailable => new SqlFault("other sessions hold locks on the tables", IsTransient: true),
        PostgresErrorCodes.QueryCanceled => new SqlFault("it did not answer in time; another session may hold a lock", IsTransient: true) { IsSilence = true },
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow => new SqlFault("the server ended the session", IsTransient: true, MayBeDone: true),
        PostgresErrorCodes.TooManyConnections => new SqlFault("the server has no connection left; raise max_connections or lower Maximum Pool Size", IsTransient: true),
        PostgresErrorCodes.ReadOnlySqlTransaction => new SqlFault("the server is a standby that takes no writes", IsTransient: true),
        PostgresErrorCodes.InvalidPassword => new SqlFault("the server refuses the password of this user, or does not know the user", IsTransient: false) { Advice = CheckUser },
        PostgresErrorCodes.InvalidAuthorizationSpecification => new SqlFault($"the server refuses the user: {error.MessageText}", IsTransient: false) { Advice = $"{CheckUser}, and pg_hba.conf of the server" },
        PostgresErrorCodes.InvalidCatalogName => new SqlFault(error.MessageText, IsTransient: false) { Advice = "Create the database, or correct its name in the address" },
        PostgresErrorCodes.InsufficientPrivilege => new SqlFault(error.MessageText, IsTransient: false)
        {
            Advice = "Grant the user CREATE on the database, or run the script that SqlSchema prints and set Sql.ManagesSchema to false",
        },
        _ when error.SqlState.StartsWith("08", StringComparison.Ordinal) => new SqlFault(error.MessageText, IsTransient: true, MayBeDone: true), // connection exceptions
        _ when error.SqlState.StartsWith("53", StringComparison.Ordinal) => new SqlFault(error.MessageText, IsTransient: true), // insufficient resources
        _ => new SqlFault($"{error.MessageText} ({error.SqlState})", IsTransient: false),
    };

    internal static SqlFault Of(NpgsqlException error) => error.InnerException switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => Nowhere("nothing answers there"),
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } => Nowhere("nobody knows the name of the host"),
        { } inner => new SqlFault($"{error.Message} ({inner.Message})", IsTransient: true, MayBeDone: true),
        // The driver has no code for it.
        null when error.Message.Contains("No password", StringComparison.Ordinal) => new SqlFault("the server wants a password, and the address has none", IsTransient: false) { Advice = CheckUser },
        null => new SqlFault(error.Message, IsTransient: true, MayBeDone: true),
    };

    private static SqlFault Nowhere(string reason) => new(reason, IsTransient: true) { Advice = "Check that the server runs, and host and port of the address" };
}
