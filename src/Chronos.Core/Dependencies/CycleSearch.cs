using Chronos.Core.Jobs;

namespace Chronos.Core.Dependencies;

/// <summary>Finds circles in the graph of jobs and their parents: a depth-first search with three colours, without
/// recursion, so that a chain of a million jobs cannot overflow the stack. Each job is visited once.</summary>
public sealed class CycleSearch(Func<string, ValueList<string>> parentsOf)
{
    private readonly Dictionary<string, bool> isDone = new(StringComparer.Ordinal);

    /// <summary>A circle that can be reached upwards from <paramref name="name"/>; null: there is none.</summary>
    /// <returns>The names on the circle from child to parent, the first one repeated at the end.</returns>
    public IReadOnlyList<string>? FindFrom(string name)
    {
        if (isDone.ContainsKey(name)) return null;
        var path = new Stack<(string Name, ValueList<string> Parents, int Next)>();
        Enter(path, name);
        while (path.TryPop(out var top))
        {
            if (top.Next == top.Parents.Count)
            {
                isDone[top.Name] = true;
                continue;
            }

            path.Push(top with { Next = top.Next + 1 });
            var parent = top.Parents[top.Next];
            if (!isDone.TryGetValue(parent, out var done)) Enter(path, parent);
            else if (!done) return Found(path, parent);
        }

        return null;
    }

    private List<string> Found(Stack<(string Name, ValueList<string> Parents, int Next)> path, string name)
    {
        foreach (var step in path) isDone[step.Name] = true; // told once; a later search must not take it for a circle
        return Circle(path, name);
    }

    private void Enter(Stack<(string Name, ValueList<string> Parents, int Next)> path, string name)
    {
        isDone[name] = false;
        path.Push((name, parentsOf(name), 0));
    }

    private static List<string> Circle(
        IEnumerable<(string Name, ValueList<string> Parents, int Next)> path, string name)
    {
        List<string> circle = [name];
        foreach (var step in path)
        {
            circle.Add(step.Name);
            if (step.Name == name) break;
        }

        circle.Reverse();
        return circle;
    }
}
