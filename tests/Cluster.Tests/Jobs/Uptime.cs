using System.Globalization;

namespace Chronos.Cluster.Tests.Jobs;

/// <summary>Time since the computer was started, to 10 ms, as a shell reads it without starting a process. No step of a
/// wall clock moves it.</summary>
internal static class Uptime
{
    private const string Source = "/proc/uptime";

    /// <summary>A shell command that puts it into the variable <c>t</c>.</summary>
    public const string ShellRead = "read t x <" + Source;

    public static double Now => Parse(File.ReadAllText(Source).Split(' ')[0]);

    public static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>When a moment of the true wall clock is.</summary>
    public static double Of(DateTimeOffset moment) => Now + (moment - DateTimeOffset.UtcNow).TotalSeconds;
}
