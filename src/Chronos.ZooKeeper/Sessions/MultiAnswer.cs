using Chronos.ZooKeeper.Protocol;

namespace Chronos.ZooKeeper.Sessions;

/// <summary>The answer to a multi-request.</summary>
internal static class MultiAnswer
{
    internal static IReadOnlyList<OperationResult> Read(
        ref JuteReader body, IReadOnlyList<Operation> operations, string chroot)
    {
        var (results, errors) = body.ReadMulti();
        if (results.Count + errors.Count != operations.Count)
            throw new InvalidDataException(
                $"{operations.Count} operations cannot have {results.Count + errors.Count} results.");
        if (errors.Count > 0) throw Failure(errors, operations);
        return [.. results.Select(r => r.CreatedPath is { } path
            ? r with { CreatedPath = NodePath.FromServer(chroot, path) } : r)];
    }

    private static MultiException Failure(List<ZooKeeperError> errors, IReadOnlyList<Operation> operations)
    {
        var index = errors.FindIndex(e => e is not (ZooKeeperError.None or ZooKeeperError.RuntimeInconsistency));
        if (index < 0) index = Math.Max(0, errors.FindIndex(e => e != ZooKeeperError.None));
        return new(errors, index, operations[index].Path);
    }
}
