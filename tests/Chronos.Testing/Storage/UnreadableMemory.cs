using System.Buffers;

namespace Chronos.Testing.Storage;

/// <summary>Memory with a length, but no content: a store that comes to it breaks off there, and has done what it did
/// before.</summary>
internal sealed class UnreadableMemory(int length) : MemoryManager<byte>
{
    /// <inheritdoc/>
    public override Memory<byte> Memory => CreateMemory(length);

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => throw new UnreadableMemoryException();

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => throw new UnreadableMemoryException();

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}

/// <summary>Somebody read <see cref="UnreadableMemory"/>.</summary>
internal sealed class UnreadableMemoryException() : Exception("The test lets nobody read this.");
