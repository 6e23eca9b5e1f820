namespace Chronos.Storage.History;

/// <summary>Jobs that got runs since retention last looked at them, so that it need not count the runs of the others.
/// </summary>
internal sealed class TouchedJobs
{
    private readonly Lock gate = new();
    private HashSet<string> names = [];

    public void Add(string name)
    {
        lock (gate) names.Add(name);
    }

    /// <summary>Takes all names, leaving none.</summary>
    public HashSet<string> Take()
    {
        lock (gate)
        {
            var taken = names;
            names = [];
            return taken;
        }
    }
}
