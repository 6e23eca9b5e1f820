namespace Chronos.Simulation.Mutations;

/// <summary>Builds every mutant and simulates with it, a few at a time, while the tests wait for their results.
/// </summary>
public sealed class Mutants : IDisposable
{
    private const int SeedsMax = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly MutantCompiler compiler = new();
    private readonly SemaphoreSlim room = new(Math.Clamp(Environment.ProcessorCount, 1, 8));
    private readonly string folder = Directory.CreateTempSubdirectory("chronos-mutants-").FullName;
    private readonly Dictionary<Mutation, Task<string>> results;

    /// <summary>Begins with all.</summary>
    public Mutants() => results = Mutation.All.ToDictionary(m => m, m => Task.Run(() => RunAsync(m)));

    /// <summary>What the simulation said about a mutant; empty: it found nothing.</summary>
    public Task<string> FindingOfAsync(Mutation mutation) => results[mutation];

    /// <inheritdoc/>
    public void Dispose()
    {
        room.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<string> RunAsync(Mutation mutation)
    {
        await room.WaitAsync();
        try
        {
            var mutant = Directory.CreateDirectory(Path.Combine(folder, Guid.NewGuid().ToString("N"))).FullName;
            foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory))
                File.Copy(file, Path.Combine(mutant, Path.GetFileName(file)));
            compiler.Compile(mutation, mutant);
            var result = Command.Run(mutant, Patience, "dotnet", "Chronos.Simulation.dll", "--seeds", $"{SeedsMax}");
            if (result.ExitCode is null) return $"It did not end: {result.Output}";
            return result.ExitCode == 0 ? "" : result.Output;
        }
        finally
        {
            room.Release();
        }
    }
}
