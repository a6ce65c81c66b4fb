using System.Diagnostics.CodeAnalysis;

namespace CeleryNet.Sql.Databases;

/// <summary>The database did not do what was asked within the time it had. Never leaves the package: whoever asked says what it means.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Reason and outcome are always required.")]
[SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "It is always translated.")]
internal sealed class DatabaseException(SqlFault fault, bool mayBeDone, Exception? cause) : Exception($"{fault.Reason}. {fault.Advice}", cause)
{
    /// <summary>True when the transaction may have been committed all the same.</summary>
    internal bool MayBeDone => mayBeDone;

    /// <summary>True when the same may succeed later; false when it never will.</summary>
    internal bool IsTransient => fault.IsTransient;
}
