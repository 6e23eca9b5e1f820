namespace Chronos.Runtime.Leadership;

/// <summary>What happens to a <see cref="Leadership"/>.</summary>
public abstract record LeadershipInput
{
    private LeadershipInput()
    {
    }

    /// <summary>The store granted a term.</summary>
    public sealed record Granted(long Term) : LeadershipInput;

    /// <summary>The campaign ended without a grant.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="IsFatal">Whether another cannot end better.</param>
    public sealed record CampaignFailed(string Reason, bool IsFatal) : LeadershipInput;

    /// <summary>A renewal succeeded.</summary>
    /// <param name="BegunAt">When it was begun, on the clock of <see cref="Leadership.Step"/>.</param>
    public sealed record Renewed(TimeSpan BegunAt) : LeadershipInput;

    /// <summary>Nobody knows whether a renewal succeeded.</summary>
    public sealed record RenewalFailed(string Reason) : LeadershipInput;

    /// <summary>The store said that the term is over.</summary>
    public sealed record Lost(string Reason) : LeadershipInput;

    /// <summary>The node has stopped to decide and act in the term.</summary>
    /// <param name="Reason">Why it did so by itself; null: it was told to.</param>
    /// <param name="IsFatal">Whether it must not lead again.</param>
    public sealed record Left(string? Reason, bool IsFatal) : LeadershipInput;

    /// <summary>The node has stopped to decide and act in the term, because another is fitter to.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record GaveWay(string Reason) : LeadershipInput;

    /// <summary>The term has been given back, or that was given up.</summary>
    public sealed record Resigned : LeadershipInput;

    /// <summary>The process is to end.</summary>
    public sealed record Stop : LeadershipInput;

    /// <summary>Time has passed.</summary>
    public sealed record Tick : LeadershipInput;
}
