using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Chronos.Mesos.Detection;
using Chronos.Mesos.Wire;
using Google.Protobuf;

namespace Chronos.Mesos.Http;

/// <summary>HTTP as masters want it: version 1.1, the bare media type without a charset, no automatic redirects
/// (they would lose the credentials), and the endless answer to a subscription on a connection of its own. Safe for
/// concurrent use.</summary>
public sealed class MasterHttp : IDisposable
{
    /// <summary>Path of the scheduler API.</summary>
    public const string SchedulerPath = "/api/v1/scheduler";

    private const string OperatorPath = "/api/v1";
    private const string StreamIdHeader = "Mesos-Stream-Id";
    private const int ErrorCharsMax = 1000;
    private static readonly TimeSpan KeepAliveTime = TimeSpan.FromSeconds(30);

    private readonly MasterHttpOptions options;
    private readonly TimeProvider time;
    private readonly HttpClient streams;
    private readonly HttpClient calls;

    /// <summary>Prepares clients; nothing is sent.</summary>
    /// <exception cref="IOException">The file of trusted authorities cannot be read.</exception>
    public MasterHttp(MasterHttpOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.options, this.time) = (options, time);
        var authorities = options.TrustedAuthoritiesFile.Length > 0
            ? ReadAuthorities(options.TrustedAuthoritiesFile)
            : null;
        streams = NewClient(authorities, DecompressionMethods.None);
        calls = NewClient(authorities, DecompressionMethods.GZip);
    }

    /// <summary>Opens an event stream.</summary>
    /// <returns>The answer, whose body goes on; dispose it to close the stream.</returns>
    /// <exception cref="HttpRequestException">No connection, or it broke.</exception>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    public Task<HttpResponseMessage> SubscribeAsync(
        MasterAddress master, byte[] body, MessageCodec codec, CancellationToken cancellationToken)
    {
        var request = NewPost(master, body, codec);
        request.Headers.Accept.Add(new(codec.MediaType));
        return SendAsync(streams, request, cancellationToken);
    }

    /// <summary>Sends a call that belongs to a subscription.</summary>
    /// <returns>The answer, read whole.</returns>
    /// <exception cref="HttpRequestException">No connection, or it broke; the call may have been taken.</exception>
    /// <exception cref="TimeoutException">No answer in time; the call may have been taken.</exception>
    public async Task<MasterAnswer> CallAsync(
        MasterAddress master, byte[] body, MessageCodec codec, string streamId, CancellationToken cancellationToken)
    {
        var request = NewPost(master, body, codec);
        request.Headers.Add(StreamIdHeader, streamId);
        using var response = await SendAsync(calls, request, cancellationToken);
        return new(response.StatusCode, await ErrorTextAsync(response, cancellationToken));
    }

    /// <summary>Asks the operator API of a master or an agent.</summary>
    /// <returns>What it said; null: it says that there is no such thing.</returns>
    /// <exception cref="HttpRequestException">No connection, it broke, or the answer is a refusal.</exception>
    /// <exception cref="TimeoutException">No answer in time.</exception>
    /// <exception cref="MessageFormatException">The answer cannot be read.</exception>
    internal async Task<T?> AskAsync<T>(MasterAddress target, IMessage question, CancellationToken cancellationToken)
        where T : class, IMessage<T>, new()
    {
        var codec = MessageCodec.Protobuf;
        var request = NewPost(target, codec.Encode(question), codec);
        request.RequestUri = target.At(OperatorPath);
        request.Headers.Accept.Add(new(codec.MediaType));
        using var response = await SendAsync(calls, request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound) return null;
        if (response.StatusCode == HttpStatusCode.OK)
            return codec.Decode<T>(new(await response.Content.ReadAsByteArrayAsync(cancellationToken)));
        var text = await ErrorTextAsync(response, cancellationToken);
        throw new HttpRequestException(
            $"{target} answered {Describe(response.StatusCode, text)}", null, response.StatusCode);
    }

    /// <summary>Asks a master whether it leads: a leader answers 405, another 307 or 503.</summary>
    public Task<HttpResponseMessage> ProbeAsync(MasterAddress master, CancellationToken cancellationToken) =>
        SendAsync(calls, NewRequest(HttpMethod.Get, master), cancellationToken);

    /// <summary>The id of the stream in an answer; null: it has none.</summary>
    internal static string? StreamIdOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(StreamIdHeader, out var values) ? values.First() : null;

    /// <summary>The master that a redirect leads to; null: it leads nowhere.</summary>
    internal static MasterAddress? RedirectOf(HttpResponseMessage response, MasterAddress from) =>
        response.Headers.Location is { } location && Uri.TryCreate(from.At(SchedulerPath), location, out var target)
        && target.Scheme is "http" or "https" && target.Host.Length > 0
            ? MasterAddress.Of(target)
            : null;

    /// <summary>What a refusal says, cut to a line or two.</summary>
    internal static async Task<string> ErrorTextAsync(
        HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode || response.Content.Headers.ContentLength == 0) return "";
        var text = (await response.Content.ReadAsStringAsync(cancellationToken)).Trim();
        return text.Length <= ErrorCharsMax ? text : text[..ErrorCharsMax];
    }

    /// <summary>A refusal for people: the number once, because a master's text may begin with it.</summary>
    internal static string Describe(HttpStatusCode status, string text)
    {
        var number = ((int)status).ToString(CultureInfo.InvariantCulture);
        return text.StartsWith(number, StringComparison.Ordinal) ? text : $"{number} {text}".TrimEnd();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        streams.Dispose();
        calls.Dispose();
    }

    private HttpRequestMessage NewPost(MasterAddress master, byte[] body, MessageCodec codec)
    {
        var request = NewRequest(HttpMethod.Post, master);
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new(codec.MediaType);
        return request;
    }

    private HttpRequestMessage NewRequest(HttpMethod method, MasterAddress master)
    {
        var request = new HttpRequestMessage(method, master.At(SchedulerPath))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Authorization = options.Credentials?.Header;
        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpClient client, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.CallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        using (request)
        {
            try
            {
                return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                var seconds = options.CallTimeout.TotalSeconds;
                throw new TimeoutException($"{request.RequestUri} did not answer within {seconds:0} s.", e);
            }
            catch (HttpRequestException e) when (e.InnerException is AuthenticationException failure)
            {
                throw new HttpRequestException(
                    e.HttpRequestError, $"No TLS with {request.RequestUri?.Authority}: {ReasonOf(failure)}", e);
            }
        }
    }

    // What the other side refuses is told by the library beneath; what we refuse is its certificate.
    private static string ReasonOf(AuthenticationException failure) => failure.InnerException is null
        ? $"{failure.Message}. It must name this host, and its authority be known here or stand in mesos-ca-file."
        : failure.GetBaseException().Message;

    private HttpClient NewClient(X509Certificate2Collection? authorities, DecompressionMethods decompression)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = decompression,
            ConnectTimeout = options.ConnectTimeout,
            ConnectCallback = ConnectAsync,
        };
        if (authorities is not null)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(authorities);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("chronos", null));
        return client;
    }

    // A peer that is gone without a word is noticed by the kernel too, not only by missing heartbeats.
    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(
                SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)KeepAliveTime.TotalSeconds);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static X509Certificate2Collection ReadAuthorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        if (authorities.Count == 0) throw new IOException($"'{file}' holds no certificates in PEM form.");
        return authorities;
    }
}
