using Chronos.Mesos.Protocol;
using Google.Protobuf.Collections;
using Capability = Chronos.Mesos.Protocol.FrameworkInfo.Types.Capability.Types.Type;

namespace Chronos.MesosSimulator.Masters;

/// <summary>What a master finds wrong with a framework that is well formed.</summary>
internal static class FrameworkCheck
{
    private const double FailoverSecondsMax = long.MaxValue / 1e9;

    /// <summary>The text of the error; null: nothing.</summary>
    internal static string? Problem(FrameworkInfo info, IReadOnlyCollection<string> suppressed)
    {
        var roles = RolesOf(info, out var problem);
        if (problem is not null) return problem;
        if (roles.FirstOrDefault(role => !IsRole(role)) is { } invalid)
            return $"Role '{invalid}' is invalid: see the rules for names of roles";
        if (!double.IsFinite(info.FailoverTimeout) || Math.Abs(info.FailoverTimeout) > FailoverSecondsMax)
            return "The framework failover_timeout is invalid: Argument larger than the maximum";
        return suppressed.All(roles.Contains)
            ? null
            : $"Suppressed roles {{ {string.Join(", ", suppressed)} }} are not contained in the set of roles";
    }

    private static RepeatedField<string> RolesOf(FrameworkInfo info, out string? problem)
    {
        problem = null;
        var isMultiRole = info.Capabilities.Any(capability => capability.Type == Capability.MultiRole);
#pragma warning disable CS0612 // frameworks of one role name it in a deprecated field
        if (!isMultiRole)
        {
            if (info.Roles.Count > 0)
                problem = "'FrameworkInfo.roles' must not be set when MULTI_ROLE capability is not set";
            return [info.Role];
        }

        if (info.HasRole) problem = "'FrameworkInfo.role' must not be set when MULTI_ROLE capability is set";
#pragma warning restore CS0612
        if (info.Roles.Distinct().Count() < info.Roles.Count)
            problem = "'FrameworkInfo.roles' contains duplicate items";
        return info.Roles;
    }

    private static bool IsRole(string role) => role == "*" || (role.Length > 0 && role[0] != '-'
        && !role.Any(letter => char.IsWhiteSpace(letter) || letter == '\b')
        && role.Split('/').All(part => part is not ("" or "." or ".." or "*")));
}
