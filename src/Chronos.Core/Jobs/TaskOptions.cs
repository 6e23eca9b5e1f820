namespace Chronos.Core.Jobs;

/// <summary>How the command of a job is run. Jobs that set none of these share <see cref="Default"/>.</summary>
public sealed record TaskOptions
{
    /// <summary>The engine that runs the job, such as <c>local</c>; empty: the server's default engine.</summary>
    public string Engine { get; init; } = "";

    /// <summary>True: the command goes through <c>/bin/sh -c</c>; false: it is a program and
    /// <see cref="Arguments"/> are its arguments.</summary>
    public bool Shell { get; init; } = true;

    /// <summary>Arguments of the command.</summary>
    public ValueList<string> Arguments { get; init; }

    /// <summary>Variables for the task; they never override the built-in ones.</summary>
    public ValueList<EnvironmentVariable> Environment { get; init; }

    /// <summary>Variables whose values are written once and never shown again.</summary>
    public ValueList<EnvironmentVariable> Secrets { get; init; }

    /// <summary>Absolute folder to run in; empty: the attempt's own sandbox.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>The user to run as; empty: the server's default.</summary>
    public string RunAsUser { get; init; } = "";

    /// <summary>Files that are fetched into the sandbox before the command starts.</summary>
    public ValueList<FetchUri> Fetch { get; init; }

    /// <summary>Like <see cref="Fetch"/> with its defaults; the older form of Mesos Chronos.</summary>
    public ValueList<string> Uris { get; init; }

    /// <summary>A custom Mesos executor command; empty: none.</summary>
    public string Executor { get; init; } = "";

    /// <summary>Flags put before <c>|</c> in the task data of a custom executor.</summary>
    public string ExecutorFlags { get; init; } = "";

    /// <summary>Replaces the task data of a custom executor.</summary>
    public string TaskInfoData { get; init; } = "";

    /// <summary>The container to run in; null: none.</summary>
    public Container? Container { get; init; }

    /// <summary>Conditions on the machine that runs the job; all must hold.</summary>
    public ValueList<Constraint> Constraints { get; init; }

    /// <summary>Shell, no arguments, nothing set.</summary>
    public static readonly TaskOptions Default = new();
}

/// <summary>One variable of a task's environment.</summary>
public sealed record EnvironmentVariable(string Name, string Value);

/// <summary>A file fetched into the sandbox.</summary>
/// <param name="Uri">Absolute path, <c>file:</c>, <c>http:</c> or <c>https:</c> address.</param>
/// <param name="OutputFile">Name in the sandbox; empty: the last segment of the address.</param>
/// <param name="Executable">Whether the file is made executable; such a file is not extracted.</param>
/// <param name="Cache">Whether later attempts may use the same download.</param>
/// <param name="Extract">Whether a known archive is unpacked.</param>
public sealed record FetchUri(string Uri, string OutputFile, bool Executable, bool Cache, bool Extract);

/// <summary>A condition on an attribute of the machine.</summary>
public sealed record Constraint(string Attribute, ConstraintOperator Operator, string Value);

/// <summary>How a <see cref="Constraint"/> compares.</summary>
public enum ConstraintOperator
{
    /// <summary>A text attribute has exactly this value.</summary>
    Equals,

    /// <summary>The whole value matches this regular expression.</summary>
    Like,

    /// <summary>The attribute exists and its value does not match this regular expression.</summary>
    Unlike,
}
