using System.Net.Mail;
using CeleryNet;

namespace Reminders;

/// <summary>The mails.</summary>
internal sealed class ReminderTasks(Mailer mailer)
{
    /// <summary>Sends a reminder; when the mail server is away, again and again for some minutes. A worker that dies just after sending lets it be sent twice: at least once is the promise.</summary>
    [Task("reminders.send", RetryFor = [typeof(SmtpException)], MaxRetries = 8, RetryBackoff = true)]
    public Task SendAsync(string to, string text, CancellationToken cancellationToken) => mailer.SendAsync(to, "Reminder", text, cancellationToken);

    /// <summary>Every Monday at eight: how many mails this process has sent.</summary>
    [Task("reminders.digest"), Periodic("0 8 * * mon", Zone = "Europe/Berlin")]
    public Task DigestAsync(string to = "team@example.org", CancellationToken cancellationToken = default) =>
        mailer.SendAsync(to, "Weekly digest", $"{mailer.Sent} mails were sent.", cancellationToken);
}
