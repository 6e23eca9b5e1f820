using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Chronos.Testing;

/// <summary>Waits that end, for what nobody announces: what does not come in time fails with a reason.</summary>
public static class Wait
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60); // machines that run tests may be busy
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(10);

    /// <summary>Looks again and again until something holds.</summary>
    /// <param name="condition">Whether it holds.</param>
    /// <param name="what">What is waited for; by default the text of the condition.</param>
    /// <exception cref="TimeoutException">It does not hold within 60 s.</exception>
    public static Task UntilAsync(
        Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        UntilAsync(() => Task.FromResult(condition()), () => what);

    /// <summary>Looks again and again until something holds that has to come soon.</summary>
    /// <param name="condition">Whether it holds.</param>
    /// <param name="what">What is waited for.</param>
    /// <param name="soon">How long it may take.</param>
    /// <exception cref="TimeoutException">It does not hold by then.</exception>
    public static Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan soon) =>
        UntilAsync(condition, () => what, soon);

    /// <inheritdoc cref="UntilAsync(Func{bool}, string)"/>
    public static Task UntilAsync(
        Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        UntilAsync(condition, () => what);

    /// <summary>Looks again and again until something holds.</summary>
    /// <param name="condition">Whether it holds.</param>
    /// <param name="failure">What did not come; told when it takes longer than 60 s.</param>
    /// <exception cref="TimeoutException">It does not hold.</exception>
    public static Task UntilAsync(Func<Task<bool>> condition, Func<string> failure)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(failure);
        return UntilAsync(condition, failure, Patience);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, Func<string> failure, TimeSpan patience)
    {
        var began = Stopwatch.GetTimestamp();
        for (var pause = Pause; !await condition(); pause = pause < PauseMax ? 2 * pause : PauseMax)
        {
            if (Stopwatch.GetElapsedTime(began) > patience)
                throw new TimeoutException($"Not within {patience.TotalSeconds} s: {failure()}");
            await Task.Delay(pause);
        }
    }
}
