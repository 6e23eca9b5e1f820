using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Chronos.Core.Jobs;

namespace Chronos.Microbench;

/// <summary>Writing and reading stored documents.</summary>
public class DocumentBenchmarks : IDisposable
{
    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly Job job = Samples.Hourly(1);
    private readonly JobReadOptions stored = new() { Dialect = JobDialect.Stored, Interner = new() };
    private readonly JobState state;
    private readonly Utf8JsonWriter writer;
    private readonly byte[] jobJson;
    private readonly byte[] stateJson;

    /// <summary>Writes both once, to have something to read.</summary>
    public DocumentBenchmarks()
    {
        state = Samples.Busy(job);
        writer = new(buffer);
        WriteJob();
        jobJson = buffer.WrittenSpan.ToArray();
        WriteState();
        stateJson = buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes a definition.</summary>
    [Benchmark]
    public int WriteJob()
    {
        buffer.ResetWrittenCount();
        writer.Reset();
        JobWriter.WriteStored(writer, job);
        writer.Flush();
        return buffer.WrittenCount;
    }

    /// <summary>Writes a state with one run.</summary>
    [Benchmark]
    public int WriteState()
    {
        buffer.ResetWrittenCount();
        writer.Reset();
        JobStateJson.Write(writer, state);
        writer.Flush();
        return buffer.WrittenCount;
    }

    /// <summary>Reads a definition.</summary>
    [Benchmark]
    public Job? ReadJob()
    {
        using var document = JsonDocument.Parse(jobJson);
        return JobReader.Read(document.RootElement, stored).Job;
    }

    /// <summary>Reads a state.</summary>
    [Benchmark]
    public JobState ReadState()
    {
        using var document = JsonDocument.Parse(stateJson);
        return JobStateJson.Read(document.RootElement);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        writer.Dispose();
        GC.SuppressFinalize(this);
    }
}
