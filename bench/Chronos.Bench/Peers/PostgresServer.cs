using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Chronos.Bench.Peers;

/// <summary>A private PostgreSQL in a temporary folder on a free port of the loopback, with the settings it comes
/// with: a commit waits for the disk.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "bench";
    private const string Unprivileged = "nobody"; // PostgreSQL refuses to run as root
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string folder;
    private readonly Process process;

    private PostgresServer(string folder, Process process, int port)
    {
        (this.folder, this.process) = (folder, process);
        ConnectionString = $"Host=127.0.0.1;Port={port};Username={User};Database=postgres";
    }

    public string ConnectionString { get; }

    /// <summary>Starts one; null: it is not installed.</summary>
    public static async Task<PostgresServer?> StartAsync()
    {
        if (FindPrograms() is not { } programs) return null;
        var folder = Directory.CreateTempSubdirectory("chronos-postgres-").FullName;
        if (Environment.IsPrivilegedProcess) await Command.RunAsync("chown", Unprivileged, folder);
        var data = Path.Join(folder, "data");
        await RunAsync(
            Path.Join(programs, "initdb"), ["-D", data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C"], folder);
        var port = FreePort();
        var process = Start(
            Path.Join(programs, "postgres"),
            ["-D", data, "-p", port.ToString(), "-c", "listen_addresses=127.0.0.1",
                "-c", $"unix_socket_directories={folder}"], folder);
        var server = new PostgresServer(folder, process, port);
        await server.WaitUntilReadyAsync();
        return server;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (!process.HasExited) await Command.RunAsync("kill", "-INT", $"{process.Id}"); // a fast shutdown
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static string? FindPrograms() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql").Order().Select(version => Path.Join(version, "bin"))
            .LastOrDefault(programs => File.Exists(Path.Join(programs, "initdb")))
        : null;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Process Start(string program, string[] arguments, string folder)
    {
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo(
                "setpriv", [$"--reuid={Unprivileged}", "--regid=nogroup", "--clear-groups", program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.WorkingDirectory = folder;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        process.OutputDataReceived += static (_, _) => { }; // so that a full pipe never stops it
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task RunAsync(string program, string[] arguments, string folder)
    {
        using var process = Start(program, arguments, folder);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with status {process.ExitCode}.");
    }

    private async Task WaitUntilReadyAsync()
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await ExecuteAsync("SELECT 1");
                return;
            }
            catch (NpgsqlException) when (!process.HasExited && Stopwatch.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(50);
            }
        }
    }
}
