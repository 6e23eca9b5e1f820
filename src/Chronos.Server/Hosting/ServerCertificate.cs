using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Chronos.Server.Hosting;

/// <summary>The certificate for TLS, read again when its file changes, so that a renewal needs no restart.</summary>
internal sealed partial class ServerCertificate(
    ServerOptions options, TimeProvider time, ILogger<ServerCertificate> logger) : IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMinutes(1);
    private readonly Lock gate = new();
    private X509Certificate2? loaded;
    private DateTime changedAt;
    private long checkedAt;

    /// <summary>The certificate to show now; null where none is configured.</summary>
    public X509Certificate2? Current
    {
        get
        {
            if (options.CertificatePath is not { } path) return null;
            lock (gate)
            {
                if (loaded is not null && time.GetElapsedTime(checkedAt) < CheckInterval) return loaded;
                checkedAt = time.GetTimestamp();
                return loaded = Refreshed(path);
            }
        }
    }

    private X509Certificate2 Refreshed(string path)
    {
        var written = File.GetLastWriteTimeUtc(path);
        if (loaded is not null && written == changedAt) return loaded;
        try
        {
            var fresh = Load(path);
            changedAt = written;
            LogLoaded(fresh.Subject, fresh.NotAfter);
            return fresh; // the one before may still be in use by a handshake; the collector frees it
        }
        catch (Exception e) when (loaded is not null && e is IOException or CryptographicException)
        {
            LogKept(e, path);
            return loaded!; // checked by the filter, which the compiler does not follow
        }
    }

    private X509Certificate2 Load(string path)
    {
        var isPfx = Path.GetExtension(path).ToUpperInvariant() is ".PFX" or ".P12";
        if (isPfx) return X509CertificateLoader.LoadPkcs12FromFile(path, options.CertificatePassword);
        using var pem = options.CertificatePassword is { } password
            ? X509Certificate2.CreateFromEncryptedPemFile(path, password, options.CertificateKeyPath)
            : X509Certificate2.CreateFromPemFile(path, options.CertificateKeyPath);

        // TLS on Windows needs the key in a store; the round trip through PFX puts it there, and harms nowhere else.
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Certificate {Subject} is valid until {NotAfter}")]
    private partial void LogLoaded(string subject, DateTime notAfter);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "The certificate {Path} cannot be read again; the old one stays")]
    private partial void LogKept(Exception exception, string path);

    public void Dispose() => loaded?.Dispose();
}
