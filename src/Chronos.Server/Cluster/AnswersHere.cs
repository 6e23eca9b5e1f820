using Microsoft.AspNetCore.Builder;

namespace Chronos.Server.Cluster;

/// <summary>Marks endpoints that a node answers for itself, be it the leader or not.</summary>
internal sealed class AnswersHereMetadata
{
    public static readonly AnswersHereMetadata Instance = new();
}

/// <summary>Marks endpoints.</summary>
internal static class AnswersHereExtensions
{
    /// <summary>The endpoint tells of this node, or of nothing that changes; all others are the leader's.</summary>
    public static TBuilder AnswersHere<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(AnswersHereMetadata.Instance);
}
