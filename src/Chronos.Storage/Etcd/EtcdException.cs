namespace Chronos.Storage.Etcd;

/// <summary>etcd answered with an error.</summary>
/// <param name="code">gRPC's number of the error.</param>
/// <param name="message">In etcd's words.</param>
internal sealed class EtcdException(int code, string message) : Exception(message)
{
    internal const int InvalidArgument = 3;
    internal const int NotFound = 5;
    internal const int PermissionDenied = 7;
    internal const int FailedPrecondition = 9;
    internal const int OutOfRange = 11;
    internal const int Unauthenticated = 16;

    /// <summary>gRPC's number of the error.</summary>
    public int Code { get; } = code;
}
