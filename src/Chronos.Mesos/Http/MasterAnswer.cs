using System.Net;

namespace Chronos.Mesos.Http;

/// <summary>What a master answered to a call.</summary>
/// <param name="Status">The status; 202 and 200 mean that the call was taken, never that it was done.</param>
/// <param name="Text">Why it was refused; empty: it was not.</param>
public readonly record struct MasterAnswer(HttpStatusCode Status, string Text);
