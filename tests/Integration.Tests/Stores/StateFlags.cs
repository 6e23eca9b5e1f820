using Chronos.Configuration;
using Chronos.Serving;
using Xunit;

namespace Chronos.Integration.Tests.Stores;

/// <summary>What a server reads of its flags about the place of the state.</summary>
internal static class StateFlags
{
    /// <param name="flags">Each as <c>name=value</c>.</param>
    internal static StateSettings Read(params IEnumerable<string> flags)
    {
        var (configuration, errors) = ConfigurationReader.Read(new()
        {
            Flags = [.. flags.Select(flag => flag.Split('=', 2)).Select(pair => new GivenFlag(pair[0], pair[1]))],
        });
        Assert.Empty(errors);
        var settings = new StateSettings(configuration!);
        Assert.Empty(settings.Errors);
        return settings;
    }
}
