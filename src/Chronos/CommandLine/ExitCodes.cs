namespace Chronos.CommandLine;

/// <summary>What a command ends with. A command that waits for a run ends with the code of the run's task.</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>The server refused, the server could not start, or a run did not succeed.</summary>
    public const int Refused = 1;

    /// <summary>The command line, the configuration or a file is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The server cannot be reached.</summary>
    public const int Unreachable = 3;

    /// <summary>Ended by Ctrl-C.</summary>
    public const int Interrupted = 130;
}
