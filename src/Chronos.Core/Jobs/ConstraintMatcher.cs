using System.Text.RegularExpressions;
using NodaTime;

namespace Chronos.Core.Jobs;

/// <summary>An attribute of a machine that runs jobs, in one of the four kinds of Mesos.</summary>
public abstract record MachineAttribute(string Name)
{
    /// <summary>Free text.</summary>
    public sealed record Text(string Name, string Value) : MachineAttribute(Name);

    /// <summary>A number.</summary>
    public sealed record Scalar(string Name, double Value) : MachineAttribute(Name);

    /// <summary>Several texts.</summary>
    public sealed record Set(string Name, ValueList<string> Items) : MachineAttribute(Name);

    /// <summary>Ranges of numbers, such as ports; no constraint matches them.</summary>
    public sealed record Ranges(string Name) : MachineAttribute(Name);
}

/// <summary>Decides whether a machine satisfies the constraints of a job. Make one per job and keep it: patterns are
/// prepared once. Immutable.</summary>
public sealed class ConstraintMatcher
{
    /// <summary>The attribute that every machine has, unless it declares its own of this name.</summary>
    public const string HostNameAttribute = "hostname";

    private readonly (Constraint Constraint, Regex? Pattern)[] tests;

    /// <summary>Prepares the constraints of a valid job.</summary>
    public ConstraintMatcher(ValueList<Constraint> constraints) =>
        tests = [.. constraints.Select(constraint => (constraint, PatternOf(constraint)))];

    /// <summary>Whether a machine satisfies every constraint.</summary>
    public bool Matches(IReadOnlyList<MachineAttribute> attributes, string hostName)
    {
        foreach (var (constraint, pattern) in tests)
        {
            var satisfied = pattern is null
                ? EqualsAny(constraint, attributes, hostName)
                : Satisfies(constraint, pattern, FirstNamed(constraint.Attribute, attributes, hostName));
            if (!satisfied) return false;
        }

        return true;
    }

    private static Regex? PatternOf(Constraint constraint)
    {
        if (constraint.Operator == ConstraintOperator.Equals) return null;
        return ConstraintPattern.TryCreate(constraint.Value, out var pattern, out var fault)
            ? pattern
            : throw new ArgumentException($"The pattern '{constraint.Value}' is not valid: {fault}");
    }

    private static bool EqualsAny(Constraint constraint, IReadOnlyList<MachineAttribute> attributes, string hostName)
    {
        var named = false;
        foreach (var attribute in attributes)
        {
            if (attribute.Name != constraint.Attribute) continue;
            named = true;
            if (attribute is MachineAttribute.Text text && text.Value == constraint.Value) return true;
        }

        return !named && constraint.Attribute == HostNameAttribute && hostName == constraint.Value;
    }

    private static MachineAttribute? FirstNamed(
        string name, IReadOnlyList<MachineAttribute> attributes, string hostName)
    {
        foreach (var attribute in attributes)
            if (attribute.Name == name) return attribute;
        return name == HostNameAttribute ? new MachineAttribute.Text(name, hostName) : null;
    }

    /// <summary>A machine without the attribute satisfies neither operator, as in Mesos Chronos. A pattern that takes
    /// too long satisfies neither as well: better no machine than a wrong one.</summary>
    private static bool Satisfies(Constraint constraint, Regex pattern, MachineAttribute? attribute)
    {
        var wanted = constraint.Operator == ConstraintOperator.Like;
        try
        {
            return attribute switch
            {
                MachineAttribute.Text text => pattern.IsMatch(text.Value) == wanted,
                MachineAttribute.Scalar scalar => pattern.IsMatch(JavaNumberText.Of(scalar.Value)) == wanted,
                MachineAttribute.Set set => set.Items.Any(pattern.IsMatch) == wanted,
                MachineAttribute.Ranges or null => false,
                _ => throw new ArgumentOutOfRangeException(nameof(attribute), attribute, "Unknown kind of attribute."),
            };
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}

/// <summary>Prepares the regular expression of a constraint, which must match a whole value.</summary>
internal static class ConstraintPattern
{
    private const int LengthMax = 1_000;
    private static readonly Duration TimeMax = Duration.FromMilliseconds(100);

    public static bool TryCreate(string text, out Regex? pattern, out string fault)
    {
        pattern = null;
        fault = $"it has more than {LengthMax} characters";
        if (text.Length > LengthMax) return false;
        try
        {
            _ = new Regex(text, RegexOptions.CultureInvariant, TimeMax.ToTimeSpan()); // alone, so ')(' stays invalid
            pattern = Create($@"\A(?:{text})\z");
        }
        catch (ArgumentException exception)
        {
            fault = exception.Message;
            return false;
        }

        return true;
    }

    /// <summary>Matching takes time linear in the value, where the pattern allows that; look-around and
    /// back-references do not, and are stopped by the time limit.</summary>
    private static Regex Create(string text)
    {
        try
        {
            const RegexOptions linear = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;
            return new(text, linear, TimeMax.ToTimeSpan());
        }
        catch (NotSupportedException)
        {
            return new(text, RegexOptions.CultureInvariant, TimeMax.ToTimeSpan());
        }
    }
}
