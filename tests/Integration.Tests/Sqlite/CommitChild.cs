using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Chronos.Runtime.Ports;
using Chronos.Storage.Sqlite;
using Chronos.Testing.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Chronos.Integration.Tests.Sqlite;

/// <summary>This test program, started once more as a process that commits batches and writes the number of each to its
/// output as soon as it is acknowledged, until it is killed.</summary>
internal static class CommitChild
{
    /// <summary>Units of a batch.</summary>
    public const int Units = 4;

    private const string Variable = "CHRONOS_TEST_COMMIT_TO";

    /// <summary>So few that a kill often hits a checkpoint.</summary>
    private const int CheckpointPages = 100;

    public static Process Start(string folder)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Integration.Tests"))
        {
            RedirectStandardOutput = true,
            Environment = { [Variable] = folder },
        };
        return Process.Start(start)!;
    }

    /// <summary>The run record of a unit.</summary>
    public static RunRecord RecordOf(long batch, int unit) =>
        HistorySamples.Run($"job-{unit}", HistorySamples.Start + Duration.FromSeconds(batch));

    // The test runner generates the main method, and this comes before it.
    [ModuleInitializer]
    internal static void RunInsteadOfTests()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { } folder) Commit(folder);
    }

    /// <summary>Stays on this thread: others wait for the initializer when they enter this assembly.</summary>
    private static void Commit(string folder)
    {
        var options = new SqliteOptions { Folder = folder, CheckpointPages = CheckpointPages };
        var database = SqliteDatabase.OpenAsync(options, NullLogger<SqliteDatabase>.Instance, CancellationToken.None)
            .GetAwaiter().GetResult();
        var term = database.ReadTermAsync(CancellationToken.None).GetAwaiter().GetResult() + 1;
        var last = Load(database, term);
        var store = new SqliteStateStore(database);
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        for (var id = 1L; ; id++)
        {
            var number = last + id;
            var units = Enumerable.Range(0, Units).Select(unit => UnitOf(number, unit)).ToArray();
            store.CommitAsync(new(id, term, units), CancellationToken.None).GetAwaiter().GetResult();
            output.WriteLine(number);
        }
    }

    /// <summary>The number of the last batch before this process.</summary>
    private static long Load(SqliteDatabase database, long term)
    {
        var last = 0L;
        var documents = new SqliteStateStore(database).LoadAsync(term, CancellationToken.None).GetAsyncEnumerator();
        while (documents.MoveNextAsync().AsTask().GetAwaiter().GetResult())
            if (documents.Current.Key.Kind == DocumentKind.State)
                last = long.Parse(Encoding.UTF8.GetString(documents.Current.Json.Span));
        return last;
    }

    /// <summary>Overwrites one document, adds another and a record.</summary>
    private static CommitUnit UnitOf(long batch, int unit)
    {
        // Arrays: other lists are types that the compiler adds to this assembly, which the writing thread cannot enter.
        DocumentChange[] documents =
        [
            new(new(DocumentKind.State, $"slot-{unit}"), Encoding.UTF8.GetBytes($"{batch}")),
            new(new(DocumentKind.Definition, $"{batch}-{unit}"), "{}"u8.ToArray()),
        ];
        HistoryRecord[] records = [RecordOf(batch, unit)];
        return new([.. documents], [.. records]);
    }
}
