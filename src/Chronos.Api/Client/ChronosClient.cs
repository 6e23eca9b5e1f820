using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Chronos.Api;

/// <summary>Calls a Chronos server. Safe for concurrent use. Calls that are refused throw
/// <see cref="ChronosApiException"/>; calls that do not reach the server throw
/// <see cref="HttpRequestException"/>.</summary>
/// <param name="http">Its <see cref="HttpClient.BaseAddress"/> is the server's address; its default headers carry the
/// credentials, see <see cref="UseBasic"/> and <see cref="UseToken"/>. Not disposed by this class.</param>
public sealed partial class ChronosClient(HttpClient http)
{
    /// <summary>Sends a user's name and password with each call.</summary>
    public ChronosClient UseBasic(string user, string password)
    {
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        http.DefaultRequestHeaders.Authorization = new("Basic", credentials);
        return this;
    }

    /// <summary>Sends an API token with each call.</summary>
    public ChronosClient UseToken(string token)
    {
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return this;
    }

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request, type, cancellationToken);
    }

    private async Task<T> PostAsync<T>(
        string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        return await SendAsync(request, type, cancellationToken);
    }

    private async Task PostAsync(string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        using var response = await SendAsync(request, cancellationToken);
    }

    private async Task<T> SendAsync<T>(
        HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken);
        return await ReadAsync(response, type, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await RefusalAsync(response, cancellationToken);
    }

    private static async Task<T> ReadAsync<T>(
        HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellationToken)
                ?? throw new JsonException("The answer is null.");
        }
        catch (JsonException e)
        {
            throw new ChronosApiException(response.StatusCode, Unreadable(response, e.Message), e);
        }
    }

    private static async Task<ChronosApiException> RefusalAsync(
        HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            if (text.StartsWith('{') && JsonSerializer.Deserialize(text, ApiJson.Default.Problem) is { } problem)
                return new(response.StatusCode, problem with { Detail = problem.Detail ?? problem.Message });
        }
        catch (JsonException)
        {
            // Not from Chronos but from something between; told as text below.
        }

        return new(response.StatusCode, Unreadable(response, text));
    }

    private static Problem Unreadable(HttpResponseMessage response, string text) => new()
    {
        Title = response.ReasonPhrase ?? "",
        Status = (int)response.StatusCode,
        Detail = $"The server answered {(int)response.StatusCode} {response.ReasonPhrase}: "
            + (text.Length > 300 ? text[..300] : text),
    };

    private static JsonContent Json<T>(T value, JsonTypeInfo<T> type) => JsonContent.Create(value, type);

    private static ByteArrayContent JsonBytes(ReadOnlyMemory<byte> utf8)
    {
        var content = new ByteArrayContent(utf8.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        return content;
    }

    private static async Task<T?> OrNullAsync<T>(Task<T> call)
        where T : class
    {
        try
        {
            return await call;
        }
        catch (ChronosApiException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}
