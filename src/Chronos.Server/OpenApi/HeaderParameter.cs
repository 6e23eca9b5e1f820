namespace Chronos.Server.OpenApi;

/// <summary>A request header that an endpoint reads, for the documentation.</summary>
internal sealed record HeaderParameter(string Name, string Description);
