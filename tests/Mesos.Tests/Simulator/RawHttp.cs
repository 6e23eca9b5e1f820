using System.Net;
using System.Text;
using Chronos.MesosSimulator;

namespace Mesos.Tests.Simulator;

/// <summary>Requests as bytes, right or wrong.</summary>
internal static class RawHttp
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    internal static readonly string SchedulerPath = "/api/v1/scheduler";

    internal static Uri At(SimulatedCluster cluster, string path, int master = 0) =>
        cluster.Masters[master].Address.At(path);

    internal static async Task<RawAnswer> PostAsync(
        Uri uri, string body, string? contentType = "application/json", string? accept = null,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, uri)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
        };
        if (contentType is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await SendAsync(request);
    }

    internal static async Task<RawAnswer> GetAsync(Uri uri)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        return await SendAsync(request);
    }

    // Of an event stream only the headers and the first bytes.
    private static async Task<RawAnswer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var isStream = response.Headers.Contains("Mesos-Stream-Id");
        var body = "";
        if (isStream)
        {
            await using var stream = await response.Content.ReadAsStreamAsync();
            var bytes = new byte[4096];
            body = Encoding.UTF8.GetString(bytes, 0, await stream.ReadAsync(bytes));
        }
        else
        {
            body = await response.Content.ReadAsStringAsync();
        }

        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(
                header => header.Key, header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase);
        return new(response.StatusCode, body, headers);
    }
}

/// <summary>What came back.</summary>
internal sealed record RawAnswer(HttpStatusCode Status, string Body, IReadOnlyDictionary<string, string> Headers);
