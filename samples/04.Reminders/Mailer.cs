using System.Net.Mail;

namespace Reminders;

/// <summary>Sends mail through a server.</summary>
internal sealed class Mailer
{
    private readonly string _host;
    private readonly int _port;
    private int _sent;

    /// <param name="address">Host and port of the server.</param>
    public Mailer(string address)
    {
        var parts = address.Split(':');
        (_host, _port) = (parts[0], parts.Length > 1 ? int.Parse(parts[1]) : 25);
    }

    /// <summary>How many mails were sent.</summary>
    public int Sent => _sent;

    /// <exception cref="SmtpException">The server is away, or refused it.</exception>
    public async Task SendAsync(string to, string subject, string text, CancellationToken cancellationToken)
    {
        using var client = new SmtpClient(_host, _port);
        using var mail = new MailMessage("reminders@example.org", to, subject, text);
        await client.SendMailAsync(mail, cancellationToken);
        Interlocked.Increment(ref _sent);
    }
}
