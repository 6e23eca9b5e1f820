namespace Chronos.Server.Notifications;

/// <summary>Where messages about jobs go. A channel without its address is off.</summary>
public sealed record NotificationOptions
{
    /// <summary>Put in brackets before each subject; empty: nothing.</summary>
    public string ClusterName { get; init; } = "";

    /// <summary>Address of this server for links in messages; null: no links.</summary>
    public Uri? WebUrl { get; init; }

    /// <summary>Host and port of a mail server; empty: no mail.</summary>
    public string MailServer { get; init; } = "";

    /// <summary>Sender of mails; mail needs it.</summary>
    public string MailFrom { get; init; } = "";

    /// <summary>User at the mail server; empty: none.</summary>
    public string MailUser { get; init; } = "";

    /// <summary>Password at the mail server.</summary>
    public string MailPassword { get; init; } = "";

    /// <summary>Whether the connection to the mail server is encrypted (STARTTLS).</summary>
    public bool MailSsl { get; init; }

    /// <summary>Incoming webhook of Slack; null: off.</summary>
    public Uri? SlackUrl { get; init; }

    /// <summary>Incoming webhook of Mattermost; null: off.</summary>
    public Uri? MattermostUrl { get; init; }

    /// <summary>Receiver of one JSON object for each message; null: off.</summary>
    public Uri? HttpUrl { get; init; }

    /// <summary>How long one try may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>user:password</c> for <see cref="HttpUrl"/>; empty: none.</summary>
    public string HttpCredentials { get; init; } = "";
}
