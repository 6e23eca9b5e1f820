namespace Chronos.Api;

/// <summary>The kinds of <see cref="Problem"/>; part of the contract.</summary>
public static class ProblemTypes
{
    public const string Invalid = "urn:chronos:problem:invalid";
    public const string MalformedJson = "urn:chronos:problem:malformed-json";
    public const string UnknownParameter = "urn:chronos:problem:unknown-parameter";
    public const string Unauthenticated = "urn:chronos:problem:unauthenticated";
    public const string Forbidden = "urn:chronos:problem:forbidden";
    public const string CrossSite = "urn:chronos:problem:cross-site";
    public const string UnknownHost = "urn:chronos:problem:unknown-host";
    public const string NotFound = "urn:chronos:problem:not-found";
    public const string MethodNotAllowed = "urn:chronos:problem:method-not-allowed";
    public const string Conflict = "urn:chronos:problem:conflict";
    public const string NotStarted = "urn:chronos:problem:run-not-started";
    public const string RevisionMismatch = "urn:chronos:problem:revision-mismatch";
    public const string TooLarge = "urn:chronos:problem:too-large";
    public const string UnsupportedMediaType = "urn:chronos:problem:unsupported-media-type";
    public const string Unavailable = "urn:chronos:problem:unavailable";
    public const string Request = "urn:chronos:problem:request";
    public const string Server = "urn:chronos:problem:server";
}
