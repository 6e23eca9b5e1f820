using Chronos.Runtime.Ports;

namespace Chronos.Server.Notifications;

/// <summary>Makes the channels that are configured.</summary>
public static class NotificationChannels
{
    /// <summary>The channels for which the options hold an address.</summary>
    public static IReadOnlyList<INotifier> For(NotificationOptions options, HttpClient client)
    {
        var channels = new List<INotifier>();
        if (options.MailServer.Length > 0 && options.MailFrom.Length > 0) channels.Add(new MailNotifier(options));
        if (options.SlackUrl is { } slack) channels.Add(new WebhookNotifier("slack", slack, true, options, client));
        if (options.MattermostUrl is { } mattermost)
            channels.Add(new WebhookNotifier("mattermost", mattermost, true, options, client));
        if (options.HttpUrl is { } http) channels.Add(new WebhookNotifier("http", http, false, options, client));
        return channels;
    }
}
