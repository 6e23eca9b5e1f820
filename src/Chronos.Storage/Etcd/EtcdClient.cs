using System.Buffers;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Chronos.Runtime.Ports;

namespace Chronos.Storage.Etcd;

/// <summary>Talks to etcd through the JSON gateway that every member of version 3.4 or later has. One member is asked
/// at a time; one that cannot be reached, or is cut off from the others, is followed by the next.</summary>
internal sealed class EtcdClient : IDisposable
{
    private const int LineBytesMax = 200;
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly EtcdOptions options;
    private readonly HttpClient http;
    private readonly SemaphoreSlim authenticating = new(1);
    private volatile string? token;
    private int current;

    public EtcdClient(EtcdOptions options)
    {
        this.options = options;
        if (options.Endpoints.Count == 0) throw new ArgumentException("etcd has no endpoint; name at least one.");
        current = Random.Shared.Next(options.Endpoints.Count);
        http = new(Handler(options)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Asks for something that may be asked again without harm, of each member until one answers.</summary>
    /// <exception cref="EtcdException">NotFound or OutOfRange.</exception>
    /// <exception cref="StoreUnavailableException">Anything else that went wrong.</exception>
    public Task<JsonDocument> ReadAsync(
        string path, Action<Utf8JsonWriter> write, CancellationToken cancellationToken) =>
        AskAsync(path, write, isRepeatable: true, cancellationToken);

    /// <summary>Asks for something that must not be sent twice: another member is asked only where the request cannot
    /// have left.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public Task<JsonDocument> WriteAsync(
        string path, Action<Utf8JsonWriter> write, CancellationToken cancellationToken) =>
        AskAsync(path, write, isRepeatable: false, cancellationToken);

    /// <summary>Waits until something about keys changes.</summary>
    /// <param name="write">Writes the request that creates the watch.</param>
    /// <param name="patience">How long.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When something has changed, or after that time; both happen without a change as well.</returns>
    public async Task WaitForChangeAsync(
        Action<Utf8JsonWriter> write, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        giveUp.CancelAfter(patience);
        try
        {
            using var request = Request("/v3/watch", write);
            using var response = await http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, giveUp.Token);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(giveUp.Token));
            await reader.ReadLineAsync(giveUp.Token); // says that the watch is set up
            await reader.ReadLineAsync(giveUp.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing changed for long enough.
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            UseNext(current);
            throw Unavailable(e.Message, e);
        }
    }

    public void Dispose()
    {
        http.Dispose();
        authenticating.Dispose();
    }

    private async Task<JsonDocument> AskAsync(
        string path, Action<Utf8JsonWriter> write, bool isRepeatable, CancellationToken cancellationToken)
    {
        var hasAuthenticated = false;
        for (var attempt = 1; ; attempt++)
        {
            var asked = current;
            try
            {
                if (options.User is not null && token is null) await AuthenticateAsync(cancellationToken);
                return await SendAsync(path, write, cancellationToken);
            }
            catch (EtcdException e) when (IsTokenOver(e) && options.User is not null && !hasAuthenticated)
            {
                (token, hasAuthenticated) = (null, true); // tokens run out, and do not outlive a restart
            }
            catch (Exception e) when (IsOfThisMember(e, cancellationToken))
            {
                UseNext(asked);
                var isLate = e is OperationCanceledException;
                var mayAskNext = attempt < options.Endpoints.Count && (isRepeatable || WasNeverSent(e));
                if (!mayAskNext && (isLate || !MayAskAgain(attempt)))
                    throw Unavailable(isLate ? "no answer in time" : e.Message, e);
            }
            catch (EtcdException e) when (e.Code == EtcdException.InvalidArgument && MayAskAgain(attempt))
            {
                // The gateway now and then loses what it was asked, above all a renewal, which is a stream behind it.
            }
            catch (EtcdException e) when (e.Code is not (EtcdException.NotFound or EtcdException.OutOfRange))
            {
                var isAboutRights = e.Code is EtcdException.PermissionDenied or EtcdException.Unauthenticated;
                throw Unavailable(
                    isAboutRights || options.User is not null && e.Code == EtcdException.FailedPrecondition
                        ? $"{e.Message}. Check user, password and the permissions on '{options.Prefix}'"
                        : e.Message,
                    e);
            }
        }

        bool MayAskAgain(int attempt) => isRepeatable && attempt == 1;
    }

    private async Task<JsonDocument> SendAsync(
        string path, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        giveUp.CancelAfter(options.RequestTimeout);
        using var request = Request(path, write);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, giveUp.Token);
        var bytes = await response.Content.ReadAsByteArrayAsync(giveUp.Token);
        return response.IsSuccessStatusCode ? JsonDocument.Parse(bytes) : throw ErrorOf(response, bytes);
    }

    private HttpRequestMessage Request(string path, Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(body)) write(writer);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.Endpoints[current], path))
        {
            Content = new ReadOnlyMemoryContent(body.WrittenMemory) { Headers = { ContentType = Json } },
        };
        if (token is { } proof) request.Headers.TryAddWithoutValidation("Authorization", proof);
        return request;
    }

    private async Task AuthenticateAsync(CancellationToken cancellationToken)
    {
        await authenticating.WaitAsync(cancellationToken);
        try
        {
            if (token is not null) return;
            using var answer = await SendAsync(
                "/v3/auth/authenticate",
                writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", options.User);
                    writer.WriteString("password", options.Password);
                    writer.WriteEndObject();
                },
                cancellationToken);
            token = answer.RootElement.GetProperty("token").GetString();
        }
        catch (EtcdException e) when (e.Code is EtcdException.InvalidArgument or EtcdException.FailedPrecondition)
        {
            throw Unavailable($"{e.Message}. Check user and password of the address", e);
        }
        finally
        {
            authenticating.Release();
        }
    }

    private void UseNext(int asked) =>
        Interlocked.CompareExchange(ref current, (asked + 1) % options.Endpoints.Count, asked);

    private StoreUnavailableException Unavailable(string why, Exception cause) => new($"{options}: {why}.", cause);

    private static bool IsTokenOver(EtcdException e) => e.Code == EtcdException.Unauthenticated
        || (e.Code == EtcdException.InvalidArgument
            && e.Message.Contains("revision of auth store", StringComparison.Ordinal));

    /// <summary>Whether another member may do better: this one is away, or has lost touch with the others.</summary>
    private static bool IsOfThisMember(Exception e, CancellationToken cancellationToken) => e switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        HttpRequestException or IOException or JsonException => true,
        EtcdException { Code: 1 or 4 or 8 or 13 or 14 or 2 } => true, // away, late, overloaded, or no quorum
        _ => false,
    };

    private static bool WasNeverSent(Exception e) => e is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError,
    };

    private static Exception ErrorOf(HttpResponseMessage response, byte[] body)
    {
        try
        {
            using var error = JsonDocument.Parse(body);
            return new EtcdException(
                error.RootElement.GetProperty("code").GetInt32(),
                error.RootElement.GetProperty("error").GetString() ?? "");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new HttpRequestException($"the answer is {(int)response.StatusCode} '{FirstLine(body)}'; is that "
                + "etcd, and its port for clients?");
        }
    }

    private static string FirstLine(byte[] body)
    {
        using var reader = new StringReader(Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, LineBytesMax)));
        return reader.ReadLine() ?? "";
    }

    private static SocketsHttpHandler Handler(EtcdOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.RequestTimeout / 2,
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            UseProxy = false, // the environment's proxy is for the world outside
            MaxConnectionsPerServer = 16,
        };
        if (options.ClientCertificate is { } own)
            handler.SslOptions.ClientCertificates = [own];
        if (options.Authorities is { } authorities)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(authorities);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        return handler;
    }
}
