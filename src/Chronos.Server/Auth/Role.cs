namespace Chronos.Server.Auth;

/// <summary>What a caller may do; each role may do what those before it may.</summary>
public enum Role
{
    /// <summary>Nothing; only pages that say nothing of the cluster.</summary>
    None,

    /// <summary>Read.</summary>
    Viewer,

    /// <summary>Run, kill, enable and disable.</summary>
    Operator,

    /// <summary>Create, change and delete jobs: whoever may do that runs code.</summary>
    Admin,
}

/// <summary>Names of roles in configuration and answers.</summary>
public static class Roles
{
    /// <summary>The name of a role.</summary>
    public static string ToName(this Role role) => role switch
    {
        Role.None => "none",
        Role.Viewer => "viewer",
        Role.Operator => "operator",
        Role.Admin => "admin",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, null),
    };

    /// <summary>The role of a name that may be given to a user or token; null: there is none.</summary>
    public static Role? Parse(string name) => name switch
    {
        "viewer" => Role.Viewer,
        "operator" => Role.Operator,
        "admin" => Role.Admin,
        _ => null,
    };
}
