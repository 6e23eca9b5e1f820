namespace Chronos.Simulation.Checks;

/// <summary>Something happened that must never happen, or did not happen that must.</summary>
internal sealed class Violation(string message) : Exception(message);

/// <summary>Where checks say what they found. The first finding is kept, because product code that survives any error
/// would catch the exception and go on.</summary>
internal sealed class Findings
{
    /// <summary>The first finding; null: none.</summary>
    public Violation? First { get; private set; }

    /// <summary>Reports a finding unless something holds.</summary>
    public void Require(bool holds, FormattableString otherwise)
    {
        if (!holds) Fail(otherwise.ToString());
    }

    /// <summary>Reports a finding.</summary>
    public void Fail(string what)
    {
        First ??= new(what);
        throw First;
    }

    /// <summary>Ends the simulation if anything was found.</summary>
    public void ThrowIfAny()
    {
        if (First is not null) throw First;
    }
}
