namespace Chronos.Configuration;

public static partial class Settings
{
    public static readonly Setting<string> WebuiUrl = new("webui-url", ValueKinds.HttpUrl, "")
    {
        Description = "Address of this server for links in messages.",
    };

    public static readonly Setting<string> MailServer = new("mail-server", ValueKinds.HostAndPort, "")
    {
        Description = "Mail server. Mail is sent where this and --mail-from are given.",
    };

    public static readonly Setting<string> MailUser = new("mail-user", ValueKinds.Text, "")
    {
        Description = "User at the mail server.",
    };

    public static readonly Setting<string> MailPassword = new("mail-password", ValueKinds.Text, "")
    {
        IsSecret = true,
        Description = "Password at the mail server.",
    };

    public static readonly Setting<string> MailFrom = new("mail-from", ValueKinds.Text, "")
    {
        Description = "Sender of mails.",
    };

    public static readonly Setting<bool> MailSsl = new("mail-ssl", ValueKinds.Switch, false)
    {
        Description = "Encrypts the connection to the mail server (STARTTLS).",
    };

    public static readonly Setting<string> SlackUrl = new("slack-url", ValueKinds.HttpUrl, "")
    {
        IsSecret = true,
        Description = "Incoming webhook of Slack.",
    };

    public static readonly Setting<string> MattermostUrl = new("mattermost-url", ValueKinds.HttpUrl, "")
    {
        IsSecret = true,
        Description = "Incoming webhook of Mattermost.",
    };

    public static readonly Setting<string> HttpNotificationUrl = new("http-notification-url", ValueKinds.HttpUrl, "")
    {
        Description = "Address that gets each message as a JSON object.",
    };

    public static readonly Setting<string> HttpNotificationCredentials =
        new("http-notification-credentials", ValueKinds.Credentials, "")
        {
            IsSecret = true,
            Description = "Credentials for --http-notification-url.",
        };
}
