namespace Chronos.Server.Auth;

/// <summary>Somebody who may log in with name and password.</summary>
public sealed record UserCredential
{
    /// <summary>Name; without a colon, which Basic authentication uses as separator.</summary>
    public required string Name { get; init; }

    /// <summary>Text form of a <see cref="Auth.PasswordHash"/>.</summary>
    public required string PasswordHash { get; init; }

    /// <summary>viewer, operator or admin.</summary>
    public required Role Role { get; init; }
}

/// <summary>Something that may call with a token.</summary>
public sealed record TokenCredential
{
    /// <summary>Name in the audit log.</summary>
    public required string Name { get; init; }

    /// <summary>Text form of a <see cref="PasswordHash"/>.</summary>
    public required string TokenHash { get; init; }

    /// <summary>viewer, operator or admin.</summary>
    public required Role Role { get; init; }
}
