namespace Chronos.Mesos.Client;

/// <summary>What an ERROR event means for a scheduler.</summary>
public enum MasterErrorKind
{
    /// <summary>Another scheduler has subscribed with this framework id: stop, and never take it back while that one
    /// leads.</summary>
    FailedOver,

    /// <summary>The master has removed this framework id for good; its tasks are dead or dying.</summary>
    Removed,

    /// <summary>The framework is not allowed to be what it says: its principal, roles or user. Needs an
    /// operator.</summary>
    Configuration,

    /// <summary>Anything else: subscribe again after a while.</summary>
    Other,
}

/// <summary>Masters give no code with an error, only a text.</summary>
public static class MasterErrors
{
    private static readonly (string Text, MasterErrorKind Kind)[] Known =
    [
        ("Framework failed over", MasterErrorKind.FailedOver),
        ("Framework has been removed", MasterErrorKind.Removed),
        ("Completed framework attempted to re-register", MasterErrorKind.Removed),
        ("Changing framework's principal", MasterErrorKind.Configuration),
        ("Not authorized", MasterErrorKind.Configuration),
        ("Authorization failure", MasterErrorKind.Configuration),
        ("are not present in the master's --roles", MasterErrorKind.Configuration),
        ("FrameworkInfo.role", MasterErrorKind.Configuration),
        ("--root_submissions", MasterErrorKind.Configuration),
        ("are not contained in the set of roles", MasterErrorKind.Configuration),
    ];

    /// <summary>What a text means.</summary>
    public static MasterErrorKind Classify(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        foreach (var (text, kind) in Known)
            if (message.Contains(text, StringComparison.OrdinalIgnoreCase)) return kind;
        return MasterErrorKind.Other;
    }
}
