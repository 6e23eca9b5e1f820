using System.Xml.Linq;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Ports;
using Xunit;

namespace Chronos.Core.Tests.Conventions;

/// <summary>Dependencies point one way: Core ← Runtime ← {Storage, Engines, Mesos} ← Server ← Chronos; Api,
/// Executor and ZooKeeper stand alone; adapters never see each other.</summary>
public sealed class LayoutTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Chronos.Core"] = [],
        ["Chronos.Api"] = [],
        ["Chronos.Executor"] = [],
        ["Chronos.ZooKeeper"] = [],
        ["Chronos.Runtime"] = ["Chronos.Core"],
        ["Chronos.Storage"] = ["Chronos.Runtime", "Chronos.ZooKeeper"],
        ["Chronos.Engines"] = ["Chronos.Runtime", "Chronos.Executor"],
        ["Chronos.Mesos"] = ["Chronos.Runtime", "Chronos.ZooKeeper"],
        ["Chronos.MesosSimulator"] = ["Chronos.Mesos"],
        ["Chronos.Server"] = ["Chronos.Api", "Chronos.Engines", "Chronos.Mesos", "Chronos.Runtime", "Chronos.Storage"],
        ["Chronos"] = ["Chronos.MesosSimulator", "Chronos.Server"],
    };

    [Fact]
    public void Projects_References_PointOneWay()
    {
        var projects = Repository.Files(".csproj").Where(f => f.StartsWith("src/", StringComparison.Ordinal)).ToList();

        Assert.Equal(Allowed.Keys.Order(), projects.Select(p => Path.GetFileNameWithoutExtension(p)).Order());
        Assert.All(projects, project => Assert.Subset(
            Allowed[Path.GetFileNameWithoutExtension(project)].ToHashSet(), ReferencesOf(project).ToHashSet()));
    }

    [Fact]
    public void Core_Assemblies_AreTheFrameworkAndNodaTime()
    {
        var references = typeof(Scheduler).Assembly.GetReferencedAssemblies().Select(a => a.Name ?? "");

        Assert.All(references, name => Assert.True(
            name == "NodaTime" || name.StartsWith("System.", StringComparison.Ordinal), $"Core refers to {name}."));
    }

    [Fact]
    public void Packages_Versions_AreExactAndInOneFile()
    {
        var central = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"));
        var versions = central.Descendants("PackageVersion").Select(p => p.Attribute("Version")?.Value ?? "").ToList();

        Assert.NotEmpty(versions);
        Assert.All(versions, v => Assert.Matches(@"^\d+\.\d+\.\d+$", v));
        Assert.All(Repository.Files(".csproj"), p => Assert.DoesNotContain(
            XDocument.Load(Path.Combine(Repository.Root, p)).Descendants("PackageReference"),
            r => r.Attribute("Version") is not null));
    }

    [Fact]
    public void Seams_Interfaces_AreInPortsAndDocumented()
    {
        var interfaces = typeof(IStateStore).Assembly.GetExportedTypes().Where(t => t.IsInterface).ToList();

        Assert.All(interfaces, t => Assert.Equal("Chronos.Runtime.Ports", t.Namespace));
        foreach (var seam in interfaces)
        {
            var lines = Repository.Lines($"src/Chronos.Runtime/Ports/{seam.Name}.cs");
            foreach (var member in seam.GetMethods().Where(m => !m.IsSpecialName))
            {
                var index = Array.FindIndex(lines, l => l.Contains($" {member.Name}(", StringComparison.Ordinal));
                Assert.True(index > 0 && lines[index - 1].TrimStart().StartsWith("///", StringComparison.Ordinal),
                    $"{seam.Name}.{member.Name} has no documentation above it.");
            }
        }
    }

    private static IEnumerable<string> ReferencesOf(string project) =>
        from reference in XDocument.Load(Path.Combine(Repository.Root, project)).Descendants("ProjectReference")
        let path = reference.Attribute("Include")?.Value ?? ""
        select Path.GetFileNameWithoutExtension(path.Replace('\\', '/'));
}
