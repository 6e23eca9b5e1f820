using System.Net.Sockets;
using Chronos.ZooKeeper.Protocol;

namespace Chronos.ZooKeeper.Sessions;

/// <summary>Connects to a server, opens the session there or attaches it again, and proves the credential.</summary>
internal sealed class Handshake(ZooKeeperOptions options, Ticket ticket, TimeProvider time)
{
    /// <summary>An attached connection, which the caller disposes.</summary>
    /// <exception cref="SessionOverException">The server ended the session.</exception>
    /// <exception cref="IOException">The connection broke; a server that is behind the client, or that has no leader,
    /// closes it.</exception>
    /// <exception cref="SocketException">Nobody listens.</exception>
    /// <exception cref="InvalidDataException">The peer is no ZooKeeper server.</exception>
    internal async Task<Link> AttachAsync(ServerAddress server, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server.Host, server.Port, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            var link = new Link(stream, new(stream, options.ReplyBytesMax, time));
            await AttachSessionAsync(link, cancellationToken);
            if (options.Address.Credential is { } credential)
                await AuthenticateAsync(link, credential, cancellationToken);
            return link;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AttachSessionAsync(Link link, CancellationToken cancellationToken)
    {
        var writer = new JuteWriter(64);
        writer.WriteInt(0); // the length
        writer.WriteInt(0); // the version of the protocol
        writer.WriteLong(ticket.LastZxid);
        writer.WriteInt((int)ticket.Timeout.TotalMilliseconds);
        writer.WriteLong(ticket.SessionId);
        writer.WriteBuffer(ticket.Password);
        writer.WriteBool(false); // a server that is cut off and only reads will not do
        var sentAt = time.GetTimestamp();
        await link.Stream.WriteAsync(RequestFrame.End(writer, "", int.MaxValue), cancellationToken);

        var answer = await link.Frames.ReadAsync(cancellationToken);
        Accept(answer.Body.Span);
        ticket.SeeContact(sentAt);
    }

    private void Accept(ReadOnlySpan<byte> answer)
    {
        var reader = new JuteReader(answer);
        _ = reader.ReadInt(); // the version of the protocol
        var timeout = reader.ReadInt();
        var id = reader.ReadLong();
        var password = reader.ReadBuffer();
        if (timeout > 0 && id != 0) ticket.Grant(id, password, TimeSpan.FromMilliseconds(timeout));
        else if (ticket.SessionId != 0) throw new SessionOverException(SessionState.Expired);
        else throw new InvalidDataException("The server opened no session.");
    }

    private static async Task AuthenticateAsync(Link link, Credential credential, CancellationToken cancellationToken)
    {
        var writer = RequestFrame.Begin(OpCode.Auth, capacity: 128);
        writer.WriteInt(0); // a kind that is always this
        writer.WriteString(credential.Scheme);
        writer.WriteBuffer(credential.Secret.Span);
        var frame = RequestFrame.End(writer, "", int.MaxValue);
        RequestFrame.SetXid(frame.Span, Xid.Auth);
        await link.Stream.WriteAsync(frame, cancellationToken);

        var answer = await link.Frames.ReadAsync(cancellationToken);
        Check(answer.Body.Span);
    }

    private static void Check(ReadOnlySpan<byte> answer)
    {
        var reader = new JuteReader(answer);
        var header = ReplyHeader.Read(ref reader);
        if (header.Xid != Xid.Auth) throw new InvalidDataException($"The answer {header.Xid} is for another request.");
        if (header.Error != ZooKeeperError.None) throw new SessionOverException(SessionState.AuthFailed);
    }
}

/// <summary>A connected server: what is written to it, and the frames that come from it.</summary>
internal sealed record Link(NetworkStream Stream, FrameReader Frames);
