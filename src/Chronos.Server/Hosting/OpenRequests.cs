using Chronos.Api;
using Microsoft.AspNetCore.Http;

namespace Chronos.Server.Hosting;

/// <summary>Knows whether requests are being answered, so that a server that stops can wait for them. What tells
/// another node's copy does not count: it goes on until the lead is given back. Nor does a request that has arrived
/// but is not looked at yet; it is told that the server is stopping.</summary>
public sealed class OpenRequests : IMiddleware
{
    private static readonly PathString Replication = new(Routes.Replication);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);
    private int count;

    /// <summary>Waits until none is being answered.</summary>
    /// <param name="cancellationToken">Gives up; then some still are.</param>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref count) > 0 && !cancellationToken.IsCancellationRequested)
            await Task.Delay(Look, CancellationToken.None);
    }

    /// <inheritdoc/>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        if (context.Request.Path == Replication)
        {
            await next(context);
            return;
        }

        Interlocked.Increment(ref count);
        try
        {
            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref count);
        }
    }
}
