using Chronos.Mesos.Protocol.Scheduler;
using Google.Protobuf;
using Type = Chronos.Mesos.Protocol.Scheduler.Call.Types.Type;

namespace Chronos.MesosSimulator.Masters;

/// <summary>What is wrong with the form of a call, before anything is looked up.</summary>
internal static class CallCheck
{
    private const int UuidBytes = 16;

    /// <summary>The text behind 400; null: nothing.</summary>
    internal static string? Problem(Call call)
    {
        if (FormProblem(call) is { } problem) return "Failed to validate scheduler::Call: " + problem;
        return null;
    }

    private static string? FormProblem(Call call)
    {
        if (!call.HasType) return "Expecting 'type' to be present";
        if (call.Type == Type.Subscribe) return SubscribeProblem(call);
        if (call.FrameworkId is null) return "Expecting 'framework_id' to be present";
        var (name, part) = PartOf(call);
        if (name is not null && part is null) return $"Expecting '{name}' to be present";
        if (call.Type == Type.Acknowledge) return UuidProblem(call.Acknowledge.Uuid);
        if (call.Type == Type.AcknowledgeOperationStatus) return UuidProblem(call.AcknowledgeOperationStatus.Uuid);
        return call.Type == Type.UpdateFramework
            && call.UpdateFramework.FrameworkInfo.Id?.Value != call.FrameworkId.Value
            ? "'framework_id' differs from 'update_framework.framework_info.id'"
            : null;
    }

    private static string? SubscribeProblem(Call call)
    {
        if (call.Subscribe is null) return "Expecting 'subscribe' to be present";
        return call.Subscribe.FrameworkInfo.Id?.Value != call.FrameworkId?.Value
            ? "'framework_id' differs from 'subscribe.framework_info.id'"
            : null;
    }

    // Null: the call has no part of its own, or may go without.
    private static (string? Name, IMessage? Part) PartOf(Call call) => call.Type switch
    {
        Type.Accept => ("accept", call.Accept),
        Type.Decline => ("decline", call.Decline),
        Type.AcceptInverseOffers => ("accept_inverse_offers", call.AcceptInverseOffers),
        Type.DeclineInverseOffers => ("decline_inverse_offers", call.DeclineInverseOffers),
        Type.Kill => ("kill", call.Kill),
        Type.Shutdown => ("shutdown", call.Shutdown),
        Type.Acknowledge => ("acknowledge", call.Acknowledge),
        Type.AcknowledgeOperationStatus => ("acknowledge_operation_status", call.AcknowledgeOperationStatus),
        Type.Reconcile => ("reconcile", call.Reconcile),
        Type.ReconcileOperations => ("reconcile_operations", call.ReconcileOperations),
        Type.Message => ("message", call.Message),
        Type.Request => ("request", call.Request),
        Type.UpdateFramework => ("update_framework", call.UpdateFramework),
        _ => (null, null),
    };

    /// <summary>Versions 1 to 5 only, as the library of the real system reads them.</summary>
    internal static string? UuidProblem(ByteString uuid) =>
        uuid.Length != UuidBytes || uuid[6] >> 4 is < 1 or > 5 ? "Not a valid UUID" : null;
}
