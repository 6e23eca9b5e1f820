using System.Text;

namespace Chronos.Runtime.Ports;

/// <summary>A document that stands in a store while another is being copied into it, so that nobody takes a part for
/// the whole.</summary>
public static class UnfinishedCopy
{
    /// <summary>The document.</summary>
    public static DocumentKey Key { get; } = new(DocumentKind.Meta, "unfinished-copy");

    /// <summary>Writes it.</summary>
    public static DocumentChange Begin { get; } = new(Key, Encoding.UTF8.GetBytes("true"));

    /// <summary>Deletes it.</summary>
    public static DocumentChange End { get; } = new(Key, null);
}
