using System.Data.Common;

namespace CeleryNet.EntityFrameworkCore.Saving;

/// <summary>A task in the buffer of a context.</summary>
internal interface IPendingTask
{
    /// <summary>The transaction in which it was sent last; <c>null</c> before. Until that commits it is not sent.</summary>
    DbTransaction? SentIn { get; set; }

    /// <summary>Sends it within a transaction.</summary>
    Task SendAsync(ITaskClient client, CancellationToken cancellationToken);
}
