using System.Globalization;

namespace Chronos.Cluster.Tests.Jobs;

/// <summary>A start that a task has told of itself.</summary>
/// <param name="Attempt">Id of the attempt.</param>
/// <param name="Job">Name of the job.</param>
/// <param name="Nominal">The occurrence.</param>
/// <param name="Started">When, as <see cref="Uptime"/>.</param>
/// <param name="Ended">When it ended; null: it never did.</param>
internal sealed record TaskRun(string Attempt, string Job, DateTimeOffset Nominal, double Started, double? Ended);

/// <summary>What the tasks wrote.</summary>
internal static class Journal
{
    public static IReadOnlyList<TaskRun> Read(string file)
    {
        var starts = new List<string[]>();
        var ends = new Dictionary<string, double>();
        foreach (var line in File.ReadLines(file))
        {
            var words = line.Split(' ');
            switch (words)
            {
                case ["s", _, _, _, _]:
                    starts.Add(words);
                    break;
                case ["e", var attempt, var time]:
                    ends[attempt] = Uptime.Parse(time);
                    break;
                default:
                    throw new InvalidDataException($"The journal has the line '{line}'.");
            }
        }

        return starts.ConvertAll(s => new TaskRun(
            s[1], s[2], DateTimeOffset.Parse(s[3], CultureInfo.InvariantCulture), Uptime.Parse(s[4]),
            ends.TryGetValue(s[1], out var ended) ? ended : null));
    }
}
