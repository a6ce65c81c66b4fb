using Microsoft.Extensions.Logging;

namespace CeleryNet.EntityFrameworkCore.Diagnostics;

/// <summary>What the Entity Framework Core package says. Ids 3340 to 3349.</summary>
internal static partial class Log
{
    [LoggerMessage(3340, LogLevel.Warning, "{Context} ended with {Count} enqueued tasks that no SaveChanges had saved; they are not sent")]
    internal static partial void NeverSaved(ILogger logger, string context, int count);
}
