using System.Text.Json.Nodes;
using Chronos.JobFiles;
using Xunit;

namespace Chronos.Server.Tests.Cli;

public sealed class JobFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("chronos-files-");

    public void Dispose() => folder.Delete(recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private static JobFileContent Read(params string[] paths) => new JobFileReader(TextReader.Null).Read(paths);

    private static JobFileContent ReadInput(string text) => new JobFileReader(new StringReader(text)).Read(["-"]);

    [Theory]
    [InlineData("name: a\ncommand: x\n", "a")]
    [InlineData("- name: a\n- name: b\n", "a b")]
    [InlineData("---\nname: a\n---\n# nothing\n---\n- name: b\n- name: c\n", "a b c")]
    [InlineData("""{"name": "a"}""", "a")]
    [InlineData("""[{"name": "a"}, /* why */ {"name": "b"},]""", "a b")]
    [InlineData("  \n[]", "")]
    public void Text_WithOneOrMoreJobs_IsRead(string text, string names)
    {
        var content = ReadInput(text);

        Assert.Empty(content.Errors);
        Assert.Equal(names, string.Join(' ', content.Jobs.Select(job => job.Name)));
    }

    [Fact]
    public void Folder_InTheLayoutOfChronosSync_IsReadRecursivelyInOrder()
    {
        Write("scheduled/b.yaml", "name: b");
        Write("scheduled/a.yml", "name: a");
        Write("dependent/team/c.json", """{"name": "c"}""");
        Write("scheduled/readme.txt", "not a job");
        Write(".git/d.yaml", "name: d");

        var content = Read(folder.FullName);

        Assert.Empty(content.Errors);
        Assert.Equal(["c", "a", "b"], content.Jobs.Select(job => job.Name));
    }

    [Fact]
    public void Yaml_KeepsTheTypesThatJobsHave()
    {
        var job = Assert.Single(ReadInput("""
            name: 2024
            command: echo 1
            cpus: 0.5
            mem: 128
            disabled: no
            concurrent: true
            epsilon: PT30M
            description: "true"
            scheduleTimeZone:
            labels: {tier: 1, 5: yes}
            arguments: [1, -x]
            environmentVariables:
            - {name: PORT, value: 8080}
            uris: []
            """).Jobs).Json;

        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""
                {"name": "2024", "command": "echo 1", "cpus": 0.5, "mem": 128, "disabled": false, "concurrent": true,
                 "epsilon": "PT30M", "description": "true", "scheduleTimeZone": null,
                 "labels": {"tier": "1", "5": "yes"}, "arguments": ["1", "-x"],
                 "environmentVariables": [{"name": "PORT", "value": "8080"}], "uris": []}
                """),
            job), job.ToJsonString());
    }

    [Fact]
    public void Export_OfAServer_LosesWhatTheServerOwns()
    {
        var job = Assert.Single(ReadInput(
            """[{"name": "a", "successCount": 7, "lastSuccess": "", "status": {"state": "idle"}}]""").Jobs);

        Assert.Equal("""{"name":"a"}""", job.Json.ToJsonString());
    }

    [Fact]
    public void Locations_NameFileAndLineOfAField()
    {
        var yaml = Write("a.yaml", "# comment\n- name: a\n  command: x\n- name: b\n  schedule: bad\n");
        var json = Write(
            "b.json",
            "[\n  {\n    \"name\": \"c\",\n    \"fetch\": [\n      {}\n    ]\n  },\n  {\"name\": \"d\"}\n]\n");

        var jobs = Read(yaml, json).Jobs;

        Assert.Equal($"{yaml}:2", jobs[0].LocationOf(""));
        Assert.Equal($"{yaml}:5", jobs[1].LocationOf("schedule"));
        Assert.Equal($"{yaml}:4", jobs[1].LocationOf("owner"));
        Assert.Equal($"{json}:4", jobs[2].LocationOf("fetch"));
        Assert.Equal($"{json}:8", jobs[3].LocationOf("name"));
    }

    [Theory]
    [InlineData("a.yaml", "name: a\nschedule: */5 * * * *\n", 2, "must be in quotes")]
    [InlineData("a.yaml", "name: a\nschedule: @daily\n", 2, "must be in quotes")]
    [InlineData("a.yaml", "name: a\n  command: [\n", 2, "")]
    [InlineData("a.yaml", "- name: a\n- just text\n", 2, "no job")]
    [InlineData("a.json", "{\n  \"name\": \n}", 3, "")]
    public void File_ThatIsWrong_IsToldWithItsLine(string name, string text, int line, string reason)
    {
        var path = Write(name, text);

        var error = Assert.Single(Read(path).Errors);

        Assert.StartsWith($"{path}:{line}: ", error, StringComparison.Ordinal);
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Job_DefinedTwice_IsRefusedWithBothPlaces()
    {
        var first = Write("a.yaml", "name: x");
        var second = Write("b.yaml", "command: y\nname: x");

        var error = Assert.Single(Read(first, second).Errors);

        Assert.Contains($"{first}:1", error, StringComparison.Ordinal);
        Assert.StartsWith($"{second}:2: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Path_ThatHoldsNothing_IsAnError()
    {
        Assert.Single(Read(Path.Combine(folder.FullName, "missing.yaml")).Errors);
        Assert.Contains("no job", Assert.Single(Read(folder.FullName).Errors), StringComparison.Ordinal);
        var empty = Path.Combine(folder.FullName, "empty.yaml");
        File.WriteAllText(empty, "\n");
        Assert.Contains("nothing in it", Assert.Single(Read(empty).Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a": "text", "b": "two words", "c": "yes", "d": "1", "e": "", "f": " x", "g": "a: b", "h": "#"}""")]
    [InlineData("""{"a": 1, "b": 0.5, "c": true, "d": null, "e": [], "f": {}, "g": ["x", 1], "h": [{"i": "j"}]}""")]
    [InlineData("""{"command": "line 1\nline 2\n", "b": "\ttab\n", "c": "\"quoted\"", "d": "* * *", "e": "é … 漢"}""")]
    [InlineData("""{"command": "no end\nof line", "b": "\r\n", "c": "\u0001", "d": "\n", "e": "x\n\n"}""")]
    public void YamlText_IsReadBackToTheSameJson(string json)
    {
        var node = JsonNode.Parse(json)!;

        var back = YamlJobs.Read("-", YamlText.Of(node));

        Assert.Empty(back.Errors);
        Assert.True(JsonNode.DeepEquals(node, Assert.Single(back.Jobs).Json), YamlText.Of(node));
    }
}
