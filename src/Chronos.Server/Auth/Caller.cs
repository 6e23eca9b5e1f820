using Chronos.Core.Scheduling;
using Microsoft.AspNetCore.Http;

namespace Chronos.Server.Auth;

/// <summary>Who sent a request.</summary>
/// <param name="Name">User or token; <c>anonymous</c> without authentication.</param>
/// <param name="Role">What they may do.</param>
public sealed record Caller(string Name, Role Role)
{
    /// <summary>Everybody, on a server without credentials.</summary>
    public static readonly Caller Anonymous = new("anonymous", Role.Admin);

    /// <summary>Somebody who did not say who they are, on a server with credentials.</summary>
    public static readonly Caller Unknown = new("anonymous", Role.None);
}

/// <summary>Gives endpoints the caller.</summary>
public static class CallerExtensions
{
    /// <summary>Who sent the request.</summary>
    public static Caller GetCaller(this HttpContext http) => http.Features.Get<Caller>() ?? Caller.Unknown;

    /// <summary>Who sent the request and from where, for the audit log.</summary>
    public static Actor GetActor(this HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress;
        if (address is { IsIPv4MappedToIPv6: true }) address = address.MapToIPv4();
        return new(http.GetCaller().Name, address?.ToString() ?? "");
    }
}
