using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Chronos.Server.Auth;

/// <summary>A password or token as it is configured: only a hash, so that a leaked configuration gives nobody in.
/// Passwords: <c>pbkdf2-sha256$ITERATIONS$SALT$HASH</c>; tokens, which are long and random and so need no slow hash:
/// <c>sha256$HASH</c>; all in base 64.</summary>
public sealed class PasswordHash
{
    private const string Slow = "pbkdf2-sha256";
    private const string Fast = "sha256";
    private const int Iterations = 210_000;
    private const int IterationsMax = 10_000_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private const int TokenBytes = 32;

    private readonly int iterations;
    private readonly byte[] salt;
    private readonly byte[] hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash)
    {
        this.iterations = iterations;
        this.salt = salt;
        this.hash = hash;
    }

    /// <summary>The hash of a new password, in text form.</summary>
    public static string OfPassword(string password) => OfPassword(password, Iterations);

    internal static string OfPassword(string password, int iterations)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var hash = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, HashBytes);
        return $"{Slow}${iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}";
    }

    /// <summary>A new random token, and its hash in text form.</summary>
    public static (string Token, string Hash) NewToken()
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        return (token, OfToken(token));
    }

    /// <summary>The hash of a token, in text form.</summary>
    public static string OfToken(string token) =>
        $"{Fast}${Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(token)))}";

    /// <summary>Reads the text form; null: it is none.</summary>
    public static PasswordHash? Parse(string text)
    {
        var parts = text.Split('$');
        return parts switch
        {
            [Fast, var hash] when Bytes(hash) is { } bytes => new(0, [], bytes),
            [Slow, var count, var salt, var hash]
                when int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
                && iterations is > 0 and <= IterationsMax
                && Bytes(salt) is { } saltBytes
                && Bytes(hash) is { } hashBytes => new(iterations, saltBytes, hashBytes),
            _ => null,
        };
    }

    /// <summary>Whether this is the hash of <paramref name="secret"/>; takes the same time either way.</summary>
    public bool Matches(string secret)
    {
        var actual = iterations == 0
            ? SHA256.HashData(Encoding.UTF8.GetBytes(secret))
            : Rfc2898DeriveBytes.Pbkdf2(secret, salt, iterations, HashAlgorithmName.SHA256, hash.Length);
        return CryptographicOperations.FixedTimeEquals(actual, hash);
    }

    private static byte[]? Bytes(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) && length > 0 ? bytes[..length] : null;
    }
}
