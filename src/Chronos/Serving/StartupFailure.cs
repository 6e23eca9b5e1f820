using System.Net.Sockets;
using System.Security.Cryptography;
using Chronos.Runtime.Ports;
using Microsoft.AspNetCore.Connections;

namespace Chronos.Serving;

/// <summary>Says in one sentence why a server could not start, and what to do.</summary>
public static class StartupFailure
{
    /// <summary>The sentence.</summary>
    public static string Explain(Exception exception) => exception switch
    {
        StoreCorruptException or StoreUnavailableException => exception.Message,
        StoreFencedException => $"Another server has taken the data: {exception.Message}",
        IOException { InnerException: AddressInUseException } =>
            $"{exception.Message} Another program listens there: end it, or choose a port with --http-port.",
        SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            "The port may not be used by this user; ports below 1024 are for root. Choose one with --http-port.",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            "This machine has not the address to listen on; choose one with --http-address.",
        CryptographicException => $"The certificate cannot be used: {exception.Message}",
        UnauthorizedAccessException or IOException => exception.Message,
        _ => $"{exception.Message} ({exception.GetType().Name}; --verbose shows where.)",
    };
}
