namespace Chronos.ZooKeeper;

/// <summary>One of several operations failed, and none was carried out. <see cref="ZooKeeperException.Error"/> and
/// <see cref="ZooKeeperException.Path"/> are those of the one that failed.</summary>
public sealed class MultiException : ZooKeeperException
{
    internal MultiException(IReadOnlyList<ZooKeeperError> errors, int index, string path)
        : base(errors[index], path, $"ZooKeeper, operation {index + 1} of {errors.Count}, '{path}': "
            + Describe(errors[index]) + " None was carried out.", cause: null)
    {
        Errors = errors;
        FailedIndex = index;
    }

    /// <summary>For each operation: <see cref="ZooKeeperError.None"/> for those before the one that failed,
    /// <see cref="ZooKeeperError.RuntimeInconsistency"/> for those after it.</summary>
    public IReadOnlyList<ZooKeeperError> Errors { get; }

    /// <summary>Which one failed, from 0.</summary>
    public int FailedIndex { get; }
}
