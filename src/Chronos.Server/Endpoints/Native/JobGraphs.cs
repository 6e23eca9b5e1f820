using System.Text;
using Chronos.Api;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;

namespace Chronos.Server.Endpoints.Native;

/// <summary>Jobs and what starts them, as a graph.</summary>
internal static class JobGraphs
{
    public static JobGraph All(JobDirectory jobs) => Of(jobs.InOrder().ToList());

    /// <summary>The jobs that have parents or children.</summary>
    public static JobGraph Linked(JobDirectory jobs) => Of(jobs.InOrder()
        .Where(job => !job.Job.Parents.IsEmpty || jobs.ChildrenOf(job.Job.Name).Count > 0).ToList());

    /// <summary>A job with everything upstream and downstream of it.</summary>
    public static JobGraph Around(JobDirectory jobs, JobSnapshot centre)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        Walk(centre.Job.Name, name => jobs.Find(name)?.Job.Parents ?? [], found);
        found.Remove(centre.Job.Name);
        Walk(centre.Job.Name, jobs.ChildrenOf, found);
        return Of(found.Order(StringComparer.Ordinal).Select(jobs.Find).OfType<JobSnapshot>().ToList());
    }

    public static string ToDot(JobGraph graph)
    {
        var text = new StringBuilder("digraph chronos {\n");
        foreach (var node in graph.Nodes) text.Append("  ").Append(Quote(node.Name)).Append(";\n");
        foreach (var edge in graph.Edges)
            text.Append("  ").Append(Quote(edge.From)).Append(" -> ").Append(Quote(edge.To)).Append(";\n");
        return text.Append("}\n").ToString();
    }

    /// <summary>The form of Mesos Chronos: <c>node,NAME,LAST,STATE</c>, then <c>link,PARENT,CHILD</c>.</summary>
    public static string ToCsv(JobGraph graph)
    {
        var text = new StringBuilder();
        foreach (var node in graph.Nodes)
            text.Append("node,").Append(node.Name).Append(',').Append(Freshness(node)).Append(',').Append(node.State)
                .Append('\n');
        foreach (var edge in graph.Edges)
            text.Append("link,").Append(edge.From).Append(',').Append(edge.To).Append('\n');
        return text.ToString();
    }

    private static JobGraph Of(List<JobSnapshot> jobs)
    {
        var names = jobs.Select(j => j.Job.Name).ToHashSet(StringComparer.Ordinal);
        var edges = new List<GraphEdge>();
        foreach (var job in jobs)
            foreach (var parent in job.Job.Parents)
                if (names.Contains(parent))
                    edges.Add(new(parent, job.Job.Name, job.State.FinishedParents.AsSpan().Contains(parent)));
        return new(jobs.Select(Node).ToList(), edges);
    }

    private static GraphNode Node(JobSnapshot job) => new()
    {
        Name = job.Job.Name,
        State = Wire.StateOf(job),
        LastRun = job.State.LastRun is { } run ? Wire.Word(run.State) : null,
        Disabled = job.Job.Disabled,
        Schedule = job.Job.Schedule?.Text,
    };

    private static void Walk(string start, Func<string, IEnumerable<string>> next, HashSet<string> found)
    {
        var waiting = new Stack<string>([start]);
        while (waiting.TryPop(out var name))
        {
            if (!found.Add(name)) continue;
            foreach (var neighbour in next(name)) waiting.Push(neighbour);
        }
    }

    private static string Quote(string name) =>
        $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string Freshness(GraphNode node) => node.LastRun switch
    {
        null => "fresh",
        "succeeded" => "success",
        _ => "failure",
    };
}
