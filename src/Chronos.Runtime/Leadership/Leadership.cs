namespace Chronos.Runtime.Leadership;

/// <summary>When a node campaigns, leads and leaves: a state machine without clock, thread or network. What it is and
/// why it is safe is told in <c>leadership.md</c> beside this file.</summary>
public sealed class Leadership(LeadershipTimes times)
{
    private readonly List<LeadershipAction> actions = [];
    private bool isStopping;
    private bool isGivingWay;
    private bool isRenewing;
    private string? fatal;

    /// <summary>The state.</summary>
    public LeadershipPhase Phase { get; private set; } = LeadershipPhase.Resting;

    /// <summary>The term that was granted last; 0: none yet.</summary>
    public long Term { get; private set; }

    /// <summary>Until when the node may act as the leader of <see cref="Term"/>, on the clock of
    /// <see cref="Step"/>.</summary>
    public TimeSpan TrustedUntil { get; private set; } = TimeSpan.MinValue;

    /// <summary>When <see cref="LeadershipInput.Tick"/> is due; null: only something else can change the
    /// state.</summary>
    public TimeSpan? NextWake { get; private set; } = TimeSpan.Zero;

    /// <summary>Takes one input.</summary>
    /// <param name="now">A monotonic clock that also counts while the machine sleeps.</param>
    /// <param name="input">What happened.</param>
    /// <returns>What is to be done, in order; valid until the next call.</returns>
    public IReadOnlyList<LeadershipAction> Step(TimeSpan now, LeadershipInput input)
    {
        actions.Clear();
        switch (input)
        {
            case LeadershipInput.Granted granted:
                Grant(granted.Term, now);
                break;
            case LeadershipInput.CampaignFailed failed:
                fatal = failed.IsFatal ? failed.Reason : fatal;
                Rest(now);
                break;
            case LeadershipInput.Renewed renewed:
                isRenewing = false;
                Extend(renewed.BegunAt, now);
                break;
            case LeadershipInput.RenewalFailed:
                isRenewing = false;
                NextWake = Earliest(now + times.RetryPause, now);
                break;
            case LeadershipInput.Lost lost:
                isRenewing = false;
                Lose(lost.Reason);
                break;
            case LeadershipInput.Left left:
                fatal = left.IsFatal ? left.Reason : fatal;
                TrustedUntil = TimeSpan.MinValue;
                Phase = LeadershipPhase.Resigning;
                break;
            case LeadershipInput.GaveWay:
                GiveWay(now);
                break;
            case LeadershipInput.Resigned:
                Rest(now);
                break;
            case LeadershipInput.Stop:
                Stop(now);
                break;
        }

        Advance(now);
        return actions;
    }

    private void Grant(long term, TimeSpan now)
    {
        Term = term;
        TrustedUntil = TimeSpan.MinValue;
        Phase = isStopping ? LeadershipPhase.Resigning : LeadershipPhase.Confirming;
        NextWake = now;
    }

    private void Extend(TimeSpan begunAt, TimeSpan now)
    {
        if (Phase is not (LeadershipPhase.Confirming or LeadershipPhase.Leading or LeadershipPhase.HandingOver)) return;
        var until = begunAt + times.Trust;
        if (until > TrustedUntil) TrustedUntil = until;
        NextWake = Earliest(begunAt + times.RenewalInterval, now);
        if (Phase != LeadershipPhase.Confirming || now >= TrustedUntil) return;
        Phase = LeadershipPhase.Leading;
        actions.Add(new LeadershipAction.Lead(Term));
    }

    // Between now and the end of the trust.
    private TimeSpan Earliest(TimeSpan next, TimeSpan now)
    {
        if (Phase is LeadershipPhase.Leading or LeadershipPhase.HandingOver && next > TrustedUntil) next = TrustedUntil;
        return next < now ? now : next;
    }

    private void Lose(string reason)
    {
        switch (Phase)
        {
            case LeadershipPhase.Confirming:
                Phase = LeadershipPhase.Resigning; // nothing was begun
                break;
            case LeadershipPhase.Leading or LeadershipPhase.HandingOver:
                TrustedUntil = TimeSpan.MinValue;
                Phase = LeadershipPhase.Leaving;
                actions.Add(new LeadershipAction.Leave(reason, IsOrderly: false));
                break;
        }
    }

    private void Stop(TimeSpan now)
    {
        isStopping = true;
        switch (Phase)
        {
            case LeadershipPhase.Resting:
                NextWake = now;
                break;
            case LeadershipPhase.Campaigning:
                actions.Add(new LeadershipAction.Withdraw());
                break;
            case LeadershipPhase.Confirming or LeadershipPhase.GivingWay:
                Phase = LeadershipPhase.Resigning;
                break;
            case LeadershipPhase.Leading:
                Phase = LeadershipPhase.HandingOver;
                actions.Add(new LeadershipAction.Leave("The server is stopping.", IsOrderly: true));
                break;
        }
    }

    // As if it had died: the tasks that still run here are not met by the next leader's before the lease is over.
    private void GiveWay(TimeSpan now)
    {
        TrustedUntil = TimeSpan.MinValue;
        isGivingWay = !isStopping;
        Phase = isGivingWay ? LeadershipPhase.GivingWay : LeadershipPhase.Resigning;
        NextWake = now + times.Lease;
    }

    private void Rest(TimeSpan now)
    {
        var pause = isGivingWay ? times.Lease : times.RetryPause;
        isGivingWay = false;
        Phase = LeadershipPhase.Resting;
        NextWake = now + (isStopping || fatal is not null ? TimeSpan.Zero : pause);
    }

    // What follows from the state and the time alone.
    private void Advance(TimeSpan now)
    {
        if (Phase is LeadershipPhase.Leading or LeadershipPhase.HandingOver && now >= TrustedUntil)
            Lose($"The leadership could not be renewed for {times.Trust.TotalSeconds:0.#} s.");
        if (Phase == LeadershipPhase.GivingWay && now >= NextWake) Phase = LeadershipPhase.Resigning;
        switch (Phase)
        {
            case LeadershipPhase.Resting when isStopping || fatal is not null:
                Phase = LeadershipPhase.Ended;
                actions.Add(new LeadershipAction.End(fatal));
                break;
            case LeadershipPhase.Resting when now >= NextWake:
                Phase = LeadershipPhase.Campaigning;
                actions.Add(new LeadershipAction.Campaign());
                break;
            case LeadershipPhase.Confirming or LeadershipPhase.Leading or LeadershipPhase.HandingOver
                when !isRenewing && now >= NextWake:
                isRenewing = true;
                actions.Add(new LeadershipAction.Renew(Term));
                break;
            case LeadershipPhase.Resigning when !isRenewing:
                Phase = LeadershipPhase.Resigned;
                actions.Add(new LeadershipAction.Resign(Term));
                break;
        }

        NextWake = Phase switch
        {
            LeadershipPhase.Resting or LeadershipPhase.GivingWay => NextWake,
            LeadershipPhase.Confirming => isRenewing ? null : NextWake,
            LeadershipPhase.Leading or LeadershipPhase.HandingOver => isRenewing ? TrustedUntil : NextWake,
            _ => null,
        };
    }
}

/// <summary>The states of a <see cref="Leadership"/>.</summary>
public enum LeadershipPhase
{
    /// <summary>Nothing is under way; a campaign follows.</summary>
    Resting,

    /// <summary>It waits for a grant.</summary>
    Campaigning,

    /// <summary>A term was granted, but nobody knows yet for how long: it is renewed for the first time.</summary>
    Confirming,

    /// <summary>It decides and acts.</summary>
    Leading,

    /// <summary>It finishes what is decided, still leading, because the process ends.</summary>
    HandingOver,

    /// <summary>It does not lead any more, and waits for its own loop to notice.</summary>
    Leaving,

    /// <summary>The loop has ended, because another node is fitter to lead; the term is kept, and not renewed, until
    /// it would have run out.</summary>
    GivingWay,

    /// <summary>The loop has ended; the term is given back once no renewal is under way.</summary>
    Resigning,

    /// <summary>The term is being given back.</summary>
    Resigned,

    /// <summary>It is over for this process.</summary>
    Ended,
}
