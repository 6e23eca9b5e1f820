using System.Net;
using System.Net.Mail;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;

namespace Chronos.Server.Notifications;

/// <summary>Sends mail; targets are mail addresses.</summary>
public sealed class MailNotifier : INotifier
{
    private const int DefaultPort = 25;
    private readonly NotificationOptions options;
    private readonly string host;
    private readonly int port;

    /// <summary>A notifier for a configured mail server.</summary>
    public MailNotifier(NotificationOptions options)
    {
        this.options = options;
        var colon = options.MailServer.LastIndexOf(':');
        host = colon < 0 ? options.MailServer : options.MailServer[..colon];
        port = colon < 0 ? DefaultPort : int.Parse(options.MailServer.AsSpan(colon + 1));
    }

    /// <inheritdoc/>
    public string Name => "mail";

    /// <inheritdoc/>
    public async Task DeliverAsync(string target, Notify notification, CancellationToken cancellationToken)
    {
        var text = NotificationText.For(notification, options);
        try
        {
            using var message = new MailMessage(options.MailFrom, target, text.Subject, text.Body);
            using var client = new SmtpClient(host, port) { EnableSsl = options.MailSsl };
            if (options.MailUser.Length > 0)
                client.Credentials = new NetworkCredential(options.MailUser, options.MailPassword);
            // The timeout of SmtpClient itself does not count for this call.
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(options.Timeout);
            await client.SendMailAsync(message, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NotDeliveredException(
                $"Mail server {host}:{port} did not answer in {options.Timeout.TotalSeconds} s.", isTransient: true, e);
        }
        catch (FormatException e)
        {
            throw new NotDeliveredException($"'{target}' is no mail address.", isTransient: false, e);
        }
        catch (SmtpException e)
        {
            throw new NotDeliveredException($"Mail server {host}:{port}: {e.Message}", isTransient: true, e);
        }
    }
}
