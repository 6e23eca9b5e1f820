using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Chronos.Core.Jobs;
using Chronos.Runtime.Ports;
using Chronos.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Chronos.Microbench;

/// <summary>Making decisions durable in SQLite: each unit is the state of a job and a run that has ended.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The database is closed by the clean-up of the benchmark.")]
public class CommitBenchmarks
{
    private string folder = "";
    private byte[] state = [];
    private SqliteDatabase database = null!; // set up before each benchmark
    private SqliteStateStore store = null!; // and so is this
    private long batch;
    private long run;

    /// <summary>Decisions in a batch.</summary>
    [Params(1, 100, 10_000)]
    public int Units { get; set; }

    /// <summary>Opens an empty database.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            JobStateJson.Write(writer, Samples.Busy(Samples.Hourly(0)));
        state = buffer.WrittenSpan.ToArray();
        folder = Directory.CreateTempSubdirectory("chronos-microbench-").FullName;
        (batch, run) = (0, 0);
        database = await SqliteDatabase.OpenAsync(
            new() { Folder = folder }, NullLogger<SqliteDatabase>.Instance, CancellationToken.None);
        store = new(database);
        await foreach (var _ in store.LoadAsync(1, CancellationToken.None))
            throw new InvalidOperationException("The database is not empty.");
    }

    /// <summary>Commits a batch.</summary>
    [Benchmark]
    public Task CommitAsync() => store.CommitAsync(
        new(++batch, 1, [.. Enumerable.Range(0, Units).Select(Unit)]), CancellationToken.None);

    /// <summary>Closes and removes the database.</summary>
    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private CommitUnit Unit(int number)
    {
        var name = $"job-{number:0000000}";
        var nominal = Samples.Now + Duration.FromMilliseconds(++run);
        return new(
            [new(new(DocumentKind.State, name), state)],
            [new RunRecord(name, default, "", Samples.Succeeded(name, nominal))]);
    }
}
