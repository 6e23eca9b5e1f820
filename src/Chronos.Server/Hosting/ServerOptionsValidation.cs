using System.Net;
using Chronos.Server.Auth;

namespace Chronos.Server.Hosting;

/// <summary>The rules of <see cref="ServerOptions"/>.</summary>
public static class ServerOptionsValidation
{
    /// <summary>Every broken rule as a sentence with its remedy; empty: the server may start.</summary>
    public static IReadOnlyList<string> Validate(this ServerOptions options)
    {
        var problems = new List<string>();
        CheckListening(options, problems);
        CheckCertificate(options, problems);
        CheckCredentials(options, problems);
        CheckLimits(options, problems);
        return problems;
    }

    /// <summary>Whether every address to listen on is a loopback one.</summary>
    internal static bool IsLoopbackOnly(this ServerOptions options) => options.Addresses.All(IsLoopback);

    private static bool IsLoopback(string address) =>
        address.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address, out var ip) && IPAddress.IsLoopback(ip));

    private static void CheckListening(ServerOptions options, List<string> problems)
    {
        if (options.Addresses.Count == 0) problems.Add("No address to listen on is given; give 127.0.0.1.");
        foreach (var address in options.Addresses)
            if (!IsLoopback(address) && !IPAddress.TryParse(address, out _))
                problems.Add($"'{address}' is no IP address; give one such as 127.0.0.1, 0.0.0.0 or ::.");
        if (options.HttpPort is null && options.HttpsPort is null)
            problems.Add("Neither an HTTP nor an HTTPS port is given; give one.");
        foreach (var port in new[] { options.HttpPort, options.HttpsPort })
            if (port is < 0 or > 65535) problems.Add($"Port {port} does not exist; give 0 to 65535.");
        if (options.HttpPort is > 0 && options.HttpPort == options.HttpsPort)
            problems.Add($"Port {options.HttpPort} is given for both HTTP and HTTPS; give two ports.");
        if (!options.IsLoopbackOnly() && !options.HasCredentials && !options.Insecure)
            problems.Add(
                $"Listening on {string.Join(", ", options.Addresses.Where(a => !IsLoopback(a)))} without credentials "
                + "would let everybody on the network run commands on this machine. Configure users, tokens or "
                + "--http-credentials, or listen on 127.0.0.1, or give --insecure if the network is yours alone.");
    }

    private static void CheckCertificate(ServerOptions options, List<string> problems)
    {
        if (options.HttpsPort is not null && options.CertificatePath is null)
            problems.Add("An HTTPS port is given without a certificate; give the path of a PEM or PFX file.");
        foreach (var path in new[] { options.CertificatePath, options.CertificateKeyPath })
            if (path is not null && !File.Exists(path))
                problems.Add($"There is no file '{path}'; give the path of the certificate and of its key.");
        if (options.CertificatePath is not null && options.HttpsPort is null)
            problems.Add("A certificate is given without an HTTPS port; give one, such as 8443.");
    }

    private static void CheckCredentials(ServerOptions options, List<string> problems)
    {
        if (options.HttpCredentials is { } pair)
        {
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || colon == pair.Length - 1)
                problems.Add("The HTTP credentials must have the form user:password, neither of them empty.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        if (options.HttpCredentials?.Split(':')[0] is { } first) names.Add(first);
        foreach (var user in options.Users)
        {
            if (user.Name.Length == 0 || user.Name.Contains(':', StringComparison.Ordinal))
                problems.Add($"'{user.Name}' cannot be a user's name; it must not be empty or hold a colon.");
            if (!names.Add(user.Name)) problems.Add($"The user '{user.Name}' is configured twice; remove one.");
            CheckHash($"user '{user.Name}'", user.PasswordHash, problems);
            CheckRole($"user '{user.Name}'", user.Role, problems);
        }

        foreach (var token in options.Tokens)
        {
            if (token.Name.Length == 0) problems.Add("A token has no name; give it one for the audit log.");
            CheckHash($"token '{token.Name}'", token.TokenHash, problems);
            CheckRole($"token '{token.Name}'", token.Role, problems);
        }
    }

    private static void CheckHash(string what, string hash, List<string> problems)
    {
        if (PasswordHash.Parse(hash) is null)
            problems.Add($"The hash of {what} cannot be read; make one with 'chronos hash'.");
    }

    private static void CheckRole(string what, Role role, List<string> problems)
    {
        if (role is not (Role.Viewer or Role.Operator or Role.Admin))
            problems.Add($"The {what} has no role; give viewer, operator or admin.");
    }

    private static void CheckLimits(ServerOptions options, List<string> problems)
    {
        if (options.RequestBodyBytesMax < 1024) problems.Add("The limit of bodies must be at least 1024 bytes.");
        if (options.BulkBodyBytesMax < options.RequestBodyBytesMax)
            problems.Add("The limit of bulk bodies must not be less than that of other bodies.");
        if (options.BulkJobsMax < 1) problems.Add("The limit of jobs in one bulk put must be at least 1.");
        if (options.ConnectionsMax < 1) problems.Add("The limit of connections must be at least 1.");
        if (options.HeartbeatInterval <= TimeSpan.Zero) problems.Add("The heartbeat interval must be positive.");
        if (options.LogPollInterval <= TimeSpan.Zero) problems.Add("The log poll interval must be positive.");
    }
}
