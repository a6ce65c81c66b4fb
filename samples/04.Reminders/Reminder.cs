namespace Reminders;

/// <summary>What somebody wants to be reminded of.</summary>
/// <param name="To">Address of the mail.</param>
/// <param name="Text">Its text.</param>
/// <param name="At">When it is sent.</param>
internal sealed record Reminder(string To, string Text, DateTimeOffset At);
