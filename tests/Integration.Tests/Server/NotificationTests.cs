using System.Text.Json;
using Chronos.Testing;
using Xunit;

namespace Chronos.Integration.Tests.Server;

/// <summary>Messages of a real server to a real mail server and real webhooks.</summary>
public sealed class NotificationTests : IDisposable
{
    private const string Secret = "T0/hook-secret-7";
    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Failure_OfAJob_IsToldOnEachChannelWithRetriesAndWithoutSecretsInTheLog()
    {
        using var mail = new MailListener(refusals: 1);
        using var hook = new HookListener(500, 200);
        using var slack = new HookListener(404);
        await using var server = await StartAsync(mail, hook, slack);

        await FailAsync(server, "report", "ann@example.org, bob@example.org");

        await Wait.UntilAsync(() => mail.Mails.Count == 2 && hook.Requests.Count == 3 && !slack.Requests.IsEmpty);
        Assert.Contains(mail.Mails, text => text.Contains("RCPT TO:<ann@example.org>", StringComparison.Ordinal));
        Assert.Contains(mail.Mails, text => text.Contains("RCPT TO:<bob@example.org>", StringComparison.Ordinal));
        Assert.All(mail.Mails, text => Assert.Contains("report", text, StringComparison.Ordinal));

        var (_, authorization, body) = hook.Requests.Last();
        Assert.Equal("Basic " + Convert.ToBase64String("hooker:hook-password"u8), authorization);
        var fields = JsonDocument.Parse(body).RootElement;
        Assert.Equal("report", fields.GetProperty("job").GetString());
        Assert.Equal("failure", fields.GetProperty("event").GetString());

        await Wait.UntilAsync(() => server.Output.Contains("slack answered 404", StringComparison.Ordinal));
        Assert.Single(slack.Requests); // what is refused for good is not tried again
        Assert.Equal("/" + Secret, slack.Requests.First().Path);
        Assert.Contains("trying again: http answered 500", server.Output, StringComparison.Ordinal);
        foreach (var secret in (string[])[Secret, "hook-password"])
            Assert.DoesNotContain(secret, server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MailServer_ThatIsAway_KeepsNoOtherChannelWaiting()
    {
        using var hook = new HookListener(200);
        using var slack = new HookListener(200);
        await using var server = await StartAsync("127.0.0.1:9", hook, slack); // nobody listens at "discard"
        await FailAsync(server, "report", "ann@example.org");

        await Wait.UntilAsync(() => !hook.Requests.IsEmpty && !slack.Requests.IsEmpty);
        await Wait.UntilAsync(
            () => server.Output.Contains("trying again: Mail server 127.0.0.1:9", StringComparison.Ordinal));
    }

    private Task<ServerProcess> StartAsync(MailListener mail, HookListener hook, HookListener slack) =>
        StartAsync(mail.Address, hook, slack);

    private async Task<ServerProcess> StartAsync(string mailServer, HookListener hook, HookListener slack)
    {
        var server = await ServerProcess.StartAsync(
            folder.Path, "--mail-server", mailServer, "--mail-from", "chronos@example.org",
            "--http-notification-url", hook.Address, "--http-notification-credentials", "hooker:hook-password",
            "--slack-url", slack.Address + Secret);
        using var form = new FormUrlEncodedContent([new("logger", "System"), new("level", "TRACE")]);
        (await server.Client.PostAsync("/logging", form)).EnsureSuccessStatusCode(); // the most that can be logged
        return server;
    }

    private static async Task FailAsync(ServerProcess server, string name, string owner)
    {
        await server.SendAsync(
            HttpMethod.Put, $"/v1/jobs/{name}", new { name, command = "exit 1", retries = 0, owner });
        await server.SendAsync(HttpMethod.Post, $"/v1/jobs/{name}/runs", new { });
    }
}
