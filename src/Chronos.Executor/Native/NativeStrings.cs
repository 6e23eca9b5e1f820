using System.Runtime.InteropServices;
using System.Text;

namespace Chronos.Executor.Native;

/// <summary>Memory for the strings of one spawn: zero-terminated UTF-8 and arrays of pointers to them. It is used again
/// for the next spawn, so that a spawn allocates nothing.</summary>
internal sealed unsafe class NativeStrings : IDisposable
{
    private readonly List<nint> overflow = [];
    private byte* block;
    private int capacity = 64 * 1024;
    private int used;

    internal NativeStrings() => block = (byte*)NativeMemory.Alloc((nuint)capacity);

    /// <summary>Forgets everything handed out.</summary>
    internal void Reset()
    {
        used = 0;
        foreach (var extra in overflow) NativeMemory.Free((void*)extra);
        overflow.Clear();
    }

    internal byte* Add(string text)
    {
        var count = Encoding.UTF8.GetByteCount(text);
        var target = Take(count + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(target, count));
        target[count] = 0;
        return target;
    }

    internal byte** Add(IReadOnlyList<string> texts)
    {
        var pointers = (byte**)Take((texts.Count + 1) * sizeof(byte*));
        for (var i = 0; i < texts.Count; i++) pointers[i] = Add(texts[i]);
        pointers[texts.Count] = null;
        return pointers;
    }

    public void Dispose()
    {
        Reset();
        NativeMemory.Free(block);
        block = null;
    }

    private byte* Take(int size)
    {
        size = (size + 15) & ~15;
        if (used + size <= capacity)
        {
            used += size;
            return block + used - size;
        }

        var extra = (byte*)NativeMemory.Alloc((nuint)size);
        overflow.Add((nint)extra);
        return extra;
    }
}
