namespace Chronos.Mesos.Detection;

/// <summary>Where a master listens.</summary>
/// <param name="Host">Host name or IP address; an IPv6 address without brackets.</param>
/// <param name="Port">TCP port.</param>
/// <param name="UsesTls">Whether it speaks HTTPS.</param>
public sealed record MasterAddress(string Host, int Port, bool UsesTls)
{
    /// <summary>The port of masters that name none.</summary>
    public const int DefaultPort = 5050;

    /// <summary>The address of a path on it, such as <c>/api/v1/scheduler</c>.</summary>
    public Uri At(string path) => new UriBuilder(UsesTls ? "https" : "http", Host, Port, path).Uri;

    /// <summary>The master that an address leads to.</summary>
    public static MasterAddress Of(Uri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return new(uri.IdnHost, uri.Port, uri.Scheme == Uri.UriSchemeHttps);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return $"{(UsesTls ? "https" : "http")}://{host}:{Port}";
    }
}
