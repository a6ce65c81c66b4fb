using System.Globalization;
using CeleryNet.Results;
using CeleryNet.Serialization;
using CeleryNet.Sql.Pickling;

namespace CeleryNet.Sql.CeleryResults;

/// <summary>A row of <c>celery_taskmeta</c>.</summary>
/// <param name="TaskId">Id of the task.</param>
/// <param name="Status">Its state; <c>null</c> where somebody stored none.</param>
/// <param name="Pickle">Column <c>result</c>.</param>
/// <param name="DateDone">When it ended, as text without zone; UTC up to Celery 5.4.</param>
/// <param name="Traceback">Stack trace.</param>
internal sealed record CeleryRow(string TaskId, string? Status, byte[]? Pickle, string? DateDone, string? Traceback)
{
    /// <summary>The row as result; <c>null</c> for the state that is as good as none.</summary>
    /// <exception cref="MessageFormatException">Its pickle is damaged, or holds more than plain data.</exception>
    internal TaskResult? ToResult()
    {
        if (Status is null or TaskStates.Pending) return null;
        using var buffer = WireBuffer.Rent();
        var json = buffer.Json;
        json.WriteStartObject();
        json.WriteString("task_id"u8, TaskId);
        json.WriteString("status"u8, Status);
        json.WriteString("traceback"u8, Traceback);
        json.WriteString("date_done"u8, DateDone);
        json.WritePropertyName("result"u8);
        json.WriteRawValue(Value(), skipInputValidation: true);
        json.WriteEndObject();
        buffer.Flush();
        return ResultDocument.Read(buffer.Span.ToArray());
    }

    /// <summary>True when both are the same state of the same task.</summary>
    internal bool IsSameAs(CeleryRow? other) =>
        other is not null && Status == other.Status && DateDone == other.DateDone && Traceback == other.Traceback && Pickle.AsSpan().SequenceEqual(other.Pickle);

    /// <summary>A moment as SQLAlchemy keeps it in SQLite: with six digits of the second, or it is misread.</summary>
    internal static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    // An error that an app with the pickle serializer stored is an object of Python. The task failed all the same, and whoever waits must learn it; its text is in the traceback.
    private byte[] Value()
    {
        if (Pickle is null) return "null"u8.ToArray();
        try
        {
            return PickleJson.Convert(Pickle);
        }
        catch (MessageFormatException error) when (Status is { } status && TaskStates.IsException(status))
        {
            return System.Text.Json.JsonSerializer.SerializeToUtf8Bytes($"The error cannot be shown, see the traceback: {error.Message}", SqlErrorText.Default.String);
        }
    }
}
