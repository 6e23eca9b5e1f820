using System.IO.Pipelines;

namespace Mesos.Tests.Wire;

/// <summary>Gives bytes to a reader in chunks of chosen sizes.</summary>
internal static class ChunkedPipe
{
    internal static PipeReader Of(byte[] bytes, Func<int> nextSize)
    {
        var pipe = new Pipe(new(pauseWriterThreshold: 0));
        _ = FillAsync();
        return pipe.Reader;

        async Task FillAsync()
        {
            for (var at = 0; at < bytes.Length;)
            {
                var size = Math.Min(Math.Max(1, nextSize()), bytes.Length - at);
                await pipe.Writer.WriteAsync(bytes.AsMemory(at, size));
                at += size;
                await Task.Yield();
            }

            await pipe.Writer.CompleteAsync();
        }
    }
}
