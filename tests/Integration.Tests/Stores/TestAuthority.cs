using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Chronos.Integration.Tests.Stores;

/// <summary>An authority of one test, with a certificate for servers on this machine and one for clients, as files.
/// </summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("chronos-authority-").FullName;
    private readonly X509Certificate2 authority;
    private int serial;

    internal TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(AuthorityFile, authority.ExportCertificatePem());
        Write("server", "CN=server");
        Write("client", "O=client"); // etcd's gateway takes none with a common name once there are users
        Write("named-client", "CN=client");
    }

    internal string AuthorityFile => Path.Combine(folder, "authority.pem");

    /// <summary>The flags of a server that trusts it with the place of the state.</summary>
    internal string[] Trust => [$"state-ca-file={AuthorityFile}"];

    internal string CertificateOf(string who) => Path.Combine(folder, who + ".pem");

    internal string KeyOf(string who) => Path.Combine(folder, who + "-key.pem");

    /// <summary>The flags of a server that shows a certificate there.</summary>
    internal string[] ProofOf(string who) =>
        [$"state-cert-file={CertificateOf(who)}", $"state-key-file={KeyOf(who)}"];

    public void Dispose()
    {
        authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private void Write(string who, string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(
            authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), [(byte)++serial]);
        File.WriteAllText(CertificateOf(who), signed.ExportCertificatePem());
        File.WriteAllText(KeyOf(who), key.ExportPkcs8PrivateKeyPem());
    }
}
