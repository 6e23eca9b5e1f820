using System.Text.Json;
using System.Text.Unicode;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using Chronos.Server.Auth;
using Chronos.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>A request on one of the compatible paths, and what its answer needs.</summary>
internal sealed class ChronosRequest(HttpContext http)
{
    /// <summary>The HTTP request and response.</summary>
    public HttpContext Http => http;

    /// <summary>The scheduler.</summary>
    public SchedulerNode Node { get; } = http.RequestServices.GetRequiredService<SchedulerNode>();

    /// <summary>How this API answers.</summary>
    public CompatibilityOptions Options =>
        http.RequestServices.GetRequiredService<IOptions<CompatibilityOptions>>().Value;

    /// <summary>Ends when the client goes away.</summary>
    public CancellationToken Aborted => http.RequestAborted;

    /// <summary>Who asks.</summary>
    public Actor Actor => http.GetActor();

    /// <summary>The server's settings.</summary>
    public ServerOptions Server => Service<ServerOptions>();

    /// <summary>Whether the body claims to be JSON.</summary>
    public bool HasJsonType => http.Request.HasJsonContentType();

    /// <summary>A service of the host.</summary>
    public T Service<T>() where T : notnull => http.RequestServices.GetRequiredService<T>();

    /// <summary>A part of the path. The server leaves encoded slashes alone; here they are decoded.</summary>
    public string Path(string name) =>
        (http.GetRouteValue(name) as string ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>A query parameter, the first of several; empty: absent.</summary>
    public string Query(string name) => http.Request.Query[name].FirstOrDefault() ?? "";

    /// <summary>The broken rules of a job, as an answer.</summary>
    public ChronosError Refuse(IReadOnlyList<Violation> violations, string jobName) => new(
        StatusCodes.Status400BadRequest, ChronosMessages.For(violations, jobName, Node.Jobs), violations);

    /// <summary>A refusal of the scheduler as an answer; whatever its kind, it is 400 here.</summary>
    public ChronosError Refuse(Refused refused, string jobName) => Refuse(refused.Violations, jobName);

    /// <summary>How job JSON that just came in is read.</summary>
    public JobReadOptions ReadOptions(JobKindExpectation kind, Job? existing) => new()
    {
        Dialect = JobDialect.Chronos,
        Kind = kind,
        Existing = existing,
        Now = Node.Now,
        Defaults = Server.JobDefaults,
        DefaultZone = Server.DefaultZone,
        Limits = Server.JobLimits,
    };

    /// <summary>Puts a command to the scheduler.</summary>
    public Task<Reply> SubmitAsync(Command command) => Node.SubmitAsync(command, Aborted);

    /// <summary>Reads the body as a JSON object; or says what is wrong with it.</summary>
    /// <param name="ignoreRest">Whether text after the object is let pass.</param>
    public async Task<(JsonDocument? Document, ChronosError? Error)> ReadObjectAsync(bool ignoreRest = false)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, Aborted);
        var bytes = WithoutByteOrderMark(body.GetBuffer().AsMemory(0, (int)body.Length));
        if (!Utf8.IsValid(bytes.Span)) return (null, ChronosError.BadRequest("The body is not UTF-8 text."));
        try
        {
            var document = ignoreRest ? ParseFirst(bytes.Span) : JsonDocument.Parse(bytes.ToArray());
            if (document.RootElement.ValueKind == JsonValueKind.Object) return (document, null);
            document.Dispose();
            return (null, ChronosError.BadRequest("The body must be a JSON object."));
        }
        catch (JsonException)
        {
            var fault = JsonFault.Find(bytes.Span)?.ToString() ?? "It is nested too deep.";
            return (null, ChronosError.BadRequest($"The body is not well-formed JSON: {fault}"));
        }
    }

    private static JsonDocument ParseFirst(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes);
        return JsonDocument.ParseValue(ref reader);
    }

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> bytes) =>
        bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
}
