using System.Net.Http.Headers;
using System.Text;
using Chronos.Core.Jobs;

namespace Chronos.Mesos.Http;

/// <summary>Who a framework says it is, and the secret that proves it.</summary>
public sealed class MasterCredentials
{
    private readonly string secret;

    private MasterCredentials(string principal, string secret) => (Principal, this.secret) = (principal, secret);

    /// <summary>The name; the framework's principal must be the same.</summary>
    public string Principal { get; }

    /// <summary>What goes into the header <c>Authorization</c>.</summary>
    internal AuthenticationHeaderValue Header =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Principal}:{secret}")));

    /// <summary>Checks principal and secret.</summary>
    /// <returns>The credentials; null: <paramref name="violation"/> says why not.</returns>
    public static MasterCredentials? TryCreate(string principal, string secret, out Violation? violation)
    {
        ArgumentNullException.ThrowIfNull(principal);
        ArgumentNullException.ThrowIfNull(secret);
        violation = null;
        const string Rule = "Masters cannot authenticate a name or secret with a colon in it.";
        if (principal.Length == 0)
            violation = new("principal", "", "A secret needs a principal.", "Set the principal as well.");
        else if (principal.Contains(':', StringComparison.Ordinal))
            violation = new("principal", principal, Rule, "Choose one without ':'.");
        else if (secret.Contains(':', StringComparison.Ordinal))
            violation = new("secret", "…", Rule, "Choose one without ':'.");
        return violation is null ? new(principal, secret) : null;
    }

    /// <summary>Reads the secret from a file; line breaks at its end do not count.</summary>
    /// <returns>The credentials; null: <paramref name="violation"/> says why not.</returns>
    public static MasterCredentials? TryRead(string principal, string secretFile, out Violation? violation)
    {
        try
        {
            var secret = File.ReadAllText(secretFile).TrimEnd('\r', '\n');
            return TryCreate(principal, secret, out violation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            violation = new(
                "secretFile", secretFile, $"The file with the secret must be readable: {e.Message}",
                "Correct its path or its permissions.");
            return null;
        }
    }

    /// <summary>Never the secret.</summary>
    public override string ToString() => $"{Principal}:…";
}
