using System.Net.Sockets;
using Chronos.Executor.Protocol;
using Microsoft.Extensions.Logging;

namespace Chronos.Executor.Supervision;

/// <summary>Accepts servers. The newest counts: what an older one had sent and nobody had read yet is not carried out,
/// so that a new server, told what there is, can be sure that nothing is added behind its back.</summary>
internal sealed partial class ServerListener(Socket socket, Supervisor supervisor, ILogger logger)
{
    /// <summary>Runs until cancelled.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var peer = await socket.AcceptAsync(cancellationToken);
                serving.RemoveAll(task => task.IsCompleted);
                if (LocalSocket.IsPeerTrusted(peer))
                {
                    serving.Add(ServeAsync(peer, cancellationToken));
                    continue;
                }

                LogStranger();
                peer.Dispose();
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket peer, CancellationToken cancellationToken)
    {
        await Task.Yield(); // the next server must not wait for this one
        using var link = new ServerLink(peer, logger);
        supervisor.Post(new Connected(link));
        await link.RunAsync(frame => supervisor.Post(new Received(link, frame)), cancellationToken);
        supervisor.Post(new Disconnected(link));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A process of another user was refused")]
    private partial void LogStranger();
}
