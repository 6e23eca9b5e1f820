using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mesos.Tests.Client;
using Xunit;

namespace Mesos.Tests.Http;

public sealed class TlsTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();
    private readonly X509Certificate2 authority = NewAuthority();

    [Fact]
    public async Task Subscribe_AuthorityFromFile_IsTrusted()
    {
        await File.WriteAllTextAsync(file, authority.ExportCertificatePem());
        using var certificate = NewCertificate();
        await using var master = await FakeMaster.StartAsync(certificate);
        await using var client = new ClientHarness(
            [master.Address], "f-1", new() { TrustedAuthoritiesFile = file });

        await master.NextStreamAsync();

        Assert.Equal("subscribed f-0000", await client.NextAsync());
    }

    [Fact]
    public async Task Subscribe_AuthorityUnknown_IsRefused()
    {
        using var certificate = NewCertificate();
        await using var master = await FakeMaster.StartAsync(certificate);
        await using var client = new ClientHarness([master.Address], "f-1");

        Assert.Matches("No TLS with .*certificate chain.*mesos-ca-file", await client.NextAsync());
        Assert.Empty(master.Subscriptions);
    }

    public void Dispose()
    {
        File.Delete(file);
        authority.Dispose();
    }

    private static X509Certificate2 NewAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    private X509Certificate2 NewCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(
            authority, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), [1, 2, 3]);
        return signed.CopyWithPrivateKey(key);
    }
}
