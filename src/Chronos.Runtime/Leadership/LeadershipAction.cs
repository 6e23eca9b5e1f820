namespace Chronos.Runtime.Leadership;

/// <summary>What a <see cref="Leadership"/> wants done.</summary>
public abstract record LeadershipAction
{
    private LeadershipAction()
    {
    }

    /// <summary>Campaign; answered by <see cref="LeadershipInput.Granted"/> or
    /// <see cref="LeadershipInput.CampaignFailed"/>.</summary>
    public sealed record Campaign : LeadershipAction;

    /// <summary>End the campaign that is under way; it is answered as ever.</summary>
    public sealed record Withdraw : LeadershipAction;

    /// <summary>Renew the term; answered by <see cref="LeadershipInput.Renewed"/>,
    /// <see cref="LeadershipInput.RenewalFailed"/> or <see cref="LeadershipInput.Lost"/>.</summary>
    public sealed record Renew(long Term) : LeadershipAction;

    /// <summary>Begin to load and decide in the term; answered by <see cref="LeadershipInput.Left"/> when that ends.
    /// </summary>
    public sealed record Lead(long Term) : LeadershipAction;

    /// <summary>Stop to decide and act.</summary>
    /// <param name="Reason">Why, for people.</param>
    /// <param name="IsOrderly">Whether what is decided may still be stored and acted on: the lead is kept until then.
    /// </param>
    public sealed record Leave(string Reason, bool IsOrderly) : LeadershipAction;

    /// <summary>Give the term back; answered by <see cref="LeadershipInput.Resigned"/>.</summary>
    public sealed record Resign(long Term) : LeadershipAction;

    /// <summary>It is over for this process.</summary>
    /// <param name="Reason">Why it cannot lead again; null: it was told to stop.</param>
    public sealed record End(string? Reason) : LeadershipAction;
}
