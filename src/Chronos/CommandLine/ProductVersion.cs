using System.Reflection;

namespace Chronos.CommandLine;

/// <summary>The version of this program.</summary>
public static class ProductVersion
{
    /// <summary>Three numbers, such as <c>0.1.0</c>.</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>() is { } version
            ? version.InformationalVersion.Split('+')[0]
            : "0.0.0";
}
