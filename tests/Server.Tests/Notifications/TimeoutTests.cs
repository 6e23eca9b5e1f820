using System.Net;
using System.Net.Sockets;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using Chronos.Server.Notifications;
using NodaTime;
using Xunit;

namespace Chronos.Server.Tests.Notifications;

/// <summary>Receivers that take a connection and never answer.</summary>
public sealed class TimeoutTests : IDisposable
{
    private readonly TcpListener silent = new(IPAddress.Loopback, 0);

    public TimeoutTests() => silent.Start();

    private int Port => ((IPEndPoint)silent.LocalEndpoint).Port;

    private NotificationOptions Options => new()
    {
        MailServer = $"127.0.0.1:{Port}",
        MailFrom = "chronos@example.org",
        Timeout = TimeSpan.FromMilliseconds(300),
    };

    public void Dispose() => silent.Dispose();

    [Fact]
    public async Task Deliver_MailServerIsSilent_EndsInTimeAndMayBeTriedAgain() =>
        await AssertTimesOutAsync(new MailNotifier(Options));

    [Fact]
    public async Task Deliver_WebhookIsSilent_EndsInTimeAndMayBeTriedAgain()
    {
        using var client = new HttpClient();
        await AssertTimesOutAsync(
            new WebhookNotifier("http", new Uri($"http://127.0.0.1:{Port}/"), false, Options, client));
    }

    private static async Task AssertTimesOutAsync(INotifier notifier)
    {
        var now = Instant.FromUtc(2026, 1, 1, 0, 0);
        var state = new JobState
        {
            Incarnation = 1, Revision = 1, CreatedAt = now, UpdatedAt = now, Anchor = now, Cursor = now,
        };
        var message = new Notify(
            NotifyEvent.Failure, new(new Job { Name = "a", Command = "x" }, state, null), null, now, []);

        var delivering = notifier.DeliverAsync("ann@example.org", message, CancellationToken.None);

        var failure = await Assert.ThrowsAsync<NotDeliveredException>(
            () => delivering.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.True(failure.IsTransient);
        Assert.Contains("did not answer in 0.3 s", failure.Message, StringComparison.Ordinal);
    }
}
