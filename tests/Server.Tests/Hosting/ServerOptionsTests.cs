using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Chronos.Server.Auth;
using Chronos.Server.Hosting;
using Xunit;

namespace Chronos.Server.Tests.Hosting;

public sealed class ServerOptionsTests
{
    private static readonly UserCredential User =
        new() { Name = "a", PasswordHash = PasswordHash.OfPassword("x", 1000), Role = Role.Viewer };

    [Fact]
    public void Validate_Defaults_AreSafe() => Assert.Empty(new ServerOptions().Validate());

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.0.2.1")]
    public void Validate_OpenAddress_NeedsCredentialsOrInsecure(string address)
    {
        var open = new ServerOptions { Addresses = ["127.0.0.1", address] };

        Assert.Contains("--insecure", Assert.Single(open.Validate()), StringComparison.Ordinal);
        Assert.Empty((open with { Insecure = true }).Validate());
        Assert.Empty((open with { HttpCredentials = "a:b" }).Validate());
        Assert.Empty((open with { Users = [User] }).Validate());
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("::1")]
    [InlineData("127.0.0.2")]
    public void Validate_Loopback_NeedsNothing(string address) =>
        Assert.Empty(new ServerOptions { Addresses = [address] }.Validate());

    [Fact]
    public void Validate_EveryBrokenRule_IsTold()
    {
        var options = new ServerOptions
        {
            Addresses = ["nowhere"],
            HttpPort = 70_000,
            HttpsPort = 8443,
            CertificateKeyPath = "/no/such/file",
            HttpCredentials = "nocolon",
            Users = [User, User, User with { Name = "b:c", PasswordHash = "plain", Role = Role.None }],
            Tokens = [new() { Name = "", TokenHash = "x", Role = Role.Admin }],
            RequestBodyBytesMax = 1,
            ConnectionsMax = 0,
        };

        Assert.InRange(options.Validate().Count, 10, 20);
    }

    [Theory]
    [InlineData("pbkdf2-sha256$1000$AAAA$")]
    [InlineData("pbkdf2-sha256$0$AAAA$AAAA")]
    [InlineData("pbkdf2-sha256$999999999$AAAA$AAAA")]
    [InlineData("sha256$!")]
    [InlineData("hunter2")]
    [InlineData("")]
    public void Hash_ThatIsNone_IsRefused(string text) => Assert.Null(PasswordHash.Parse(text));

    [Fact]
    public void Hash_OfPasswordOrToken_MatchesOnlyThat()
    {
        var (token, tokenHash) = PasswordHash.NewToken();
        var password = PasswordHash.Parse(PasswordHash.OfPassword("pässword"))!;

        Assert.True(password.Matches("pässword"));
        Assert.False(password.Matches("passwort"));
        Assert.True(PasswordHash.Parse(tokenHash)!.Matches(token));
        Assert.NotEqual(PasswordHash.OfPassword("x", 1000), PasswordHash.OfPassword("x", 1000));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Https_CertificateFile_IsServed(bool asPfx)
    {
        var folder = Directory.CreateTempSubdirectory("chronos-tls-");
        try
        {
            using var certificate = SelfSigned();
            var options = asPfx ? WritePfx(folder.FullName, certificate) : WritePem(folder.FullName, certificate);
            await using var server = await TestServer.StartAsync(options);
            using var handler = new SocketsHttpHandler();
            string? shown = null;
            handler.SslOptions.RemoteCertificateValidationCallback = (_, served, _, _) =>
                (shown = served?.Subject) is not null;
            using var http = new HttpClient(handler);

            using var response = await http.GetAsync(server.App.Urls.Single() + "/health/live");

            Assert.Equal("CN=localhost", shown);
            Assert.Equal("max-age=31536000", string.Join("", response.Headers.GetValues("Strict-Transport-Security")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static ServerOptions WritePfx(string folder, X509Certificate2 certificate)
    {
        var path = Path.Combine(folder, "server.pfx");
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx, "secret"));
        return new() { HttpPort = null, HttpsPort = 0, CertificatePath = path, CertificatePassword = "secret" };
    }

    private static ServerOptions WritePem(string folder, X509Certificate2 certificate)
    {
        var (chain, key) = (Path.Combine(folder, "server.pem"), Path.Combine(folder, "server.key"));
        File.WriteAllText(chain, certificate.ExportCertificatePem());
        File.WriteAllText(key, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return new() { HttpPort = null, HttpsPort = 0, CertificatePath = chain, CertificateKeyPath = key };
    }
}
