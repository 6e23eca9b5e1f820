using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Chronos.Core.Runs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using NodaTime.Text;

namespace Chronos.Server.Notifications;

/// <summary>Posts JSON to an address: one text for Slack and Mattermost, or the fields of Mesos Chronos's HTTP
/// notification, whose values are all strings.</summary>
public sealed class WebhookNotifier(
    string name, Uri address, bool isChat, NotificationOptions options, HttpClient client) : INotifier
{
    /// <inheritdoc/>
    public string Name => name;

    /// <summary>Whether one message reaches everybody, whatever the target.</summary>
    public bool IsShared => isChat;

    /// <inheritdoc/>
    public async Task DeliverAsync(string target, Notify notification, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = JsonContent.Create(isChat ? ChatText(notification) : Fields(target, notification)),
        };
        if (!isChat && options.HttpCredentials.Length > 0)
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(options.HttpCredentials)));
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(options.Timeout);
            using var response = await client.SendAsync(request, limit.Token);
            if (response.IsSuccessStatusCode) return;
            var isTransient = (int)response.StatusCode is >= 500 or 408 or 429;
            throw new NotDeliveredException($"{name} answered {(int)response.StatusCode}.", isTransient);
        }
        catch (HttpRequestException e)
        {
            throw new NotDeliveredException($"{name}: {e.Message}", isTransient: true, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NotDeliveredException(
                $"{name} did not answer in {options.Timeout.TotalSeconds} s.", isTransient: true, e);
        }
    }

    private Dictionary<string, string> ChatText(Notify notification)
    {
        var text = NotificationText.For(notification, options);
        return new() { ["text"] = $"{text.Subject}: {text.Body}" };
    }

    private Dictionary<string, string> Fields(string target, Notify notification)
    {
        var text = NotificationText.For(notification, options);
        var (job, counters) = (notification.Snapshot.Job, notification.Snapshot.State.Counters);
        return new()
        {
            ["subject"] = text.Subject,
            ["message"] = text.Body,
            ["to"] = target,
            ["job"] = job.Name,
            ["command"] = job.Command,
            ["cpus"] = TaskEnvironment.JavaDouble(job.Resources.Cpus),
            ["mem"] = TaskEnvironment.JavaDouble(job.Resources.Mem),
            ["softError"] = job.Policy.SoftError ? "true" : "false",
            ["errorCount"] = counters.ErrorCount.ToString(CultureInfo.InvariantCulture),
            ["errorsSinceLastSuccess"] = counters.ErrorsSinceLastSuccess.ToString(CultureInfo.InvariantCulture),
            ["executor"] = job.Task.Executor,
            ["executorFlags"] = job.Task.ExecutorFlags,
            ["lastError"] = counters.LastError is { } error ? InstantPattern.ExtendedIso.Format(error) : "",
            ["lastSuccess"] = counters.LastSuccess is { } success ? InstantPattern.ExtendedIso.Format(success) : "",
            ["retries"] = job.Policy.Retries.ToString(CultureInfo.InvariantCulture),
            ["successCount"] = counters.SuccessCount.ToString(CultureInfo.InvariantCulture),
            ["uris"] = string.Join(',', job.Task.Uris),
            ["async"] = job.Policy.Async ? "true" : "false",
            ["run"] = notification.Run?.Id.ToString() ?? "",
            ["event"] = EventWord(notification),
        };
    }

    private static string EventWord(Notify notification)
    {
        var word = notification.Event.ToString();
        return char.ToLowerInvariant(word[0]) + word[1..];
    }
}
