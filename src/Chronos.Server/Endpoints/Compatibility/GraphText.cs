using System.Globalization;
using System.Text;
using Chronos.Core.Scheduling;

namespace Chronos.Server.Endpoints.Compatibility;

/// <summary>The dependency graph in the two text forms of Mesos Chronos. Nodes come by name, links by parent and then
/// by child, so that equal graphs give equal texts.</summary>
internal static class GraphText
{
    /// <summary>The graph for Graphviz.</summary>
    public static string Dot(IEnumerable<JobSnapshot> jobs)
    {
        var all = jobs.ToList();
        var numbers = new Dictionary<string, int>(all.Count, StringComparer.Ordinal);
        var text = new StringBuilder("digraph G {\n");
        foreach (var snapshot in all)
        {
            var number = numbers.Count + 1;
            numbers[snapshot.Job.Name] = number;
            text.Append(CultureInfo.InvariantCulture, $"  {number} [ label=\"{snapshot.Job.Name}\" ];\n");
        }

        foreach (var (parent, child) in Links(all))
            if (numbers.TryGetValue(parent, out var from))
                text.Append(CultureInfo.InvariantCulture, $"  {from} -> {numbers[child]};\n");
        return text.Append("}\n").ToString();
    }

    /// <summary>All nodes with their labels, then all links, one a line.</summary>
    public static string Csv(IEnumerable<JobSnapshot> jobs)
    {
        var all = jobs.ToList();
        var text = new StringBuilder();
        foreach (var (job, state) in all)
            text.Append("node,").Append(job.Name)
                .Append(',').Append(JobLabels.Status(state.Counters))
                .Append(',').Append(JobLabels.State(state)).Append('\n');
        foreach (var (parent, child) in Links(all))
            text.Append("link,").Append(parent).Append(',').Append(child).Append('\n');
        return text.ToString();
    }

    private static List<(string Parent, string Child)> Links(List<JobSnapshot> jobs)
    {
        var links = new List<(string Parent, string Child)>();
        foreach (var snapshot in jobs)
            foreach (var parent in snapshot.Job.Parents)
                links.Add((parent, snapshot.Job.Name));
        links.Sort(static (left, right) => string.CompareOrdinal(left.Parent, right.Parent) is var order and not 0
            ? order
            : string.CompareOrdinal(left.Child, right.Child));
        return links;
    }
}
