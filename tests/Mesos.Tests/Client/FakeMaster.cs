using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Chronos.Mesos.Detection;
using Chronos.Mesos.Protocol.Scheduler;
using Chronos.Mesos.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Mesos.Tests.Client;

/// <summary>A master that says what a test tells it to, over real sockets.</summary>
internal sealed class FakeMaster : IAsyncDisposable
{
    internal const string FrameworkId = "f-0000";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly WebApplication app;
    private readonly Channel<FakeStream> streams = Channel.CreateUnbounded<FakeStream>();
    private readonly Channel<Call> calls = Channel.CreateUnbounded<Call>();

    private FakeMaster(WebApplication app, bool usesTls)
    {
        this.app = app;
        app.Run(AnswerAsync);
        UsesTls = usesTls;
    }

    internal MasterAddress Address => new("127.0.0.1", new Uri(app.Urls.First()).Port, UsesTls);

    /// <summary>The headers of every request, in order.</summary>
    internal ConcurrentQueue<Dictionary<string, string>> Headers { get; } = new();

    /// <summary>The subscriptions asked for, in order, refused ones too.</summary>
    internal ConcurrentQueue<Call> Subscriptions { get; } = new();

    /// <summary>Answers in place of the usual: true if it has.</summary>
    internal Func<HttpContext, Call?, Task<bool>> Intercept { get; set; } = static (_, _) => Task.FromResult(false);

    /// <summary>What streams begin with.</summary>
    internal double HeartbeatSeconds { get; set; } = 15;

    private bool UsesTls { get; }

    internal static async Task<FakeMaster> StartAsync(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        var master = new FakeMaster(builder.Build(), certificate is not null);
        await master.app.StartAsync();
        return master;
    }

    /// <summary>The next accepted subscription.</summary>
    internal async Task<FakeStream> NextStreamAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        return await streams.Reader.ReadAsync(late.Token);
    }

    /// <summary>The next call that is no subscription.</summary>
    internal async Task<Call> NextCallAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        return await calls.Reader.ReadAsync(late.Token);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    internal static async Task RefuseAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(text);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Headers.Enqueue(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()));
        var codec = MessageCodec.Find(context.Request.ContentType ?? "");
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var call = codec?.Decode<Call>(new(body.ToArray()));
        if (call?.Type == Call.Types.Type.Subscribe) Subscriptions.Enqueue(call);
        if (await Intercept(context, call)) return;
        if (codec is null || call is null)
        {
            await RefuseAsync(context, context.Request.Method == "POST" ? 415 : 405, "");
        }
        else if (call.Type == Call.Types.Type.Subscribe)
        {
            await StreamAsync(context, codec);
        }
        else
        {
            context.Response.StatusCode = 202;
            await calls.Writer.WriteAsync(call);
        }
    }

    private async Task StreamAsync(HttpContext context, MessageCodec codec)
    {
        var stream = new FakeStream(codec, Guid.NewGuid().ToString());
        context.Response.ContentType = codec.MediaType;
        context.Response.Headers["Mesos-Stream-Id"] = stream.Id;
        stream.Send(new()
        {
            Type = Event.Types.Type.Subscribed,
            Subscribed = new()
            {
                FrameworkId = new() { Value = FrameworkId },
                HeartbeatIntervalSeconds = HeartbeatSeconds,
            },
        });
        stream.Send(new() { Type = Event.Types.Type.Heartbeat });
        await streams.Writer.WriteAsync(stream);
        await stream.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}

/// <summary>One event stream of a <see cref="FakeMaster"/>.</summary>
internal sealed class FakeStream(MessageCodec codec, string id)
{
    private readonly Channel<byte[]> writes = Channel.CreateUnbounded<byte[]>();
    private readonly TaskCompletionSource closed = new();

    internal string Id { get; } = id;

    /// <summary>Ends when the client has closed the stream.</summary>
    internal Task Closed => closed.Task;

    internal void Send(Event message)
    {
        var record = new ArrayBufferWriter<byte>();
        RecordWriter.Write(record, codec.Encode(message));
        writes.Writer.TryWrite(record.WrittenSpan.ToArray());
    }

    internal void SendBytes(byte[] bytes) => writes.Writer.TryWrite(bytes);

    internal void SendError(string message) =>
        Send(new() { Type = Event.Types.Type.Error, Error = new() { Message = message } });

    internal void Close() => writes.Writer.TryComplete();

    internal async Task CopyToAsync(Stream body, CancellationToken aborted)
    {
        try
        {
            await body.FlushAsync(aborted);
            await foreach (var bytes in writes.Reader.ReadAllAsync(aborted))
            {
                await body.WriteAsync(bytes, aborted);
                await body.FlushAsync(aborted);
            }
        }
        catch (OperationCanceledException)
        {
            closed.TrySetResult();
        }
    }
}
