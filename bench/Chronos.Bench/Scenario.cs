namespace Chronos.Bench;

/// <summary>Something to measure.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Number">What its number counts; empty: it takes none.</param>
/// <param name="Description">For the help, with the default number.</param>
/// <param name="RunAsync">Measures, and adds rows; a number of 0 stands for the default.</param>
internal sealed record Scenario(string Name, string Number, string Description, Func<Table, int, Task> RunAsync);
