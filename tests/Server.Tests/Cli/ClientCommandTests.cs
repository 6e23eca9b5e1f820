using System.Text.Json.Nodes;
using Xunit;

namespace Chronos.Server.Tests.Cli;

public sealed class ClientCommandTests(CliServer server) : IClassFixture<CliServer>
{
    private async Task<CliResult> SucceedAsync(string arguments, string input = "")
    {
        var result = await server.RunAsync(arguments, input);
        Assert.True(result.Code == 0, $"{arguments} ended with {result.Code}: {result.Error}");
        return result;
    }

    [Fact]
    public async Task Apply_TellsWhatBecameOfEachJob()
    {
        const string first =
            "- {name: apply-a, command: echo a}\n- {name: apply-b, parents: [apply-a], command: echo b}";
        const string second = first + "\n- {name: apply-c, command: echo c}";

        var created = await SucceedAsync("job apply -", first);
        var dry = await SucceedAsync("job apply --dry-run -", second.Replace("echo b", "echo B"));
        var updated = await SucceedAsync("job apply -", second.Replace("echo b", "echo B"));

        Assert.Equal("created    apply-a\ncreated    apply-b\n2 created\n", created.Output);
        Assert.Equal(
            """
            unchanged  apply-a (dry run)
            updated    apply-b (dry run)
            created    apply-c (dry run)
            1 unchanged, 1 updated, 1 created (dry run)

            """.ReplaceLineEndings("\n"), dry.Output);
        Assert.Equal("unchanged  apply-a\nupdated    apply-b\ncreated    apply-c\n1 unchanged, 1 updated, 1 created\n",
            updated.Output);
    }

    [Fact]
    public async Task Apply_ChildrenBeforeParents_IsOnePiece()
    {
        await SucceedAsync(
            "job apply -", "- {name: order-b, parents: [order-a], command: x}\n- {name: order-a, command: x}");

        var refused = await server.RunAsync(
            "job apply -", "name: order-c\ncommand: x\n---\nname: order-d\nretries: many\n");
        var listed = await SucceedAsync("job list order-");

        Assert.Equal(1, refused.Code);
        Assert.Contains("-:5: order-d: retries 'many': ", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("order-c", listed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_OfWhatGetShows_ChangesNothing()
    {
        await SucceedAsync("job apply -", """
            name: round-trip
            command: |
              echo one
              echo "two: $X"
            schedule: "*/5 * * * *"
            labels: {team: data}
            environmentVariables: [{name: X, value: 1}]
            retries: 0
            """);
        var shown = (await SucceedAsync("job get round-trip")).Output;

        var applied = await SucceedAsync("job apply -", shown);

        Assert.Equal("unchanged  round-trip\n1 unchanged\n", applied.Output);
        Assert.Contains("# state: idle", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Followed_ShowsOutputAndEndsWithItsCode()
    {
        await SucceedAsync(
            "job apply -",
            "- {name: run-ok, command: echo hello}\n- {name: run-bad, command: exit 42, retries: 0}");

        var ok = await SucceedAsync("job run run-ok --follow");
        var bad = await server.RunAsync("job run run-bad --wait");
        var id = (string?)JsonNode.Parse((await SucceedAsync("run list --job run-ok --json")).Output)![0]!["id"];
        var logs = await SucceedAsync($"run logs {id}");
        var followed = await SucceedAsync($"run logs -f {id}");

        Assert.Equal("hello\n", ok.Output);
        Assert.Contains("succeeded", ok.Error, StringComparison.Ordinal);
        Assert.Equal(42, bad.Code);
        Assert.Contains("state:    failed", bad.Output, StringComparison.Ordinal);
        Assert.Equal("hello\n", logs.Output);
        Assert.Equal("hello\n", followed.Output);
    }

    [Fact]
    public async Task Lists_AreAlignedTextOrJson()
    {
        await SucceedAsync(
            "job apply -", "- {name: list-a, command: x, owner: ada}\n- {name: list-long-name, command: x}");

        var text = (await SucceedAsync("job list list-")).Output.Split('\n');
        var json = JsonNode.Parse((await SucceedAsync("job list list- --json")).Output)!.AsArray();

        Assert.StartsWith("NAME            STATE  LAST RUN", text[0], StringComparison.Ordinal);
        Assert.StartsWith("list-a          idle   -", text[1], StringComparison.Ordinal);
        Assert.EndsWith("ada", text[1], StringComparison.Ordinal);
        Assert.Equal(["list-a", "list-long-name"], json.Select(job => (string?)job!["name"]));
    }

    [Theory]
    [InlineData("job list all-a", "name state counters revision disabled parents")]
    [InlineData("job get all-a", "name command schedule status")]
    [InlineData("job next all-a", "occurrences")]
    [InlineData("job apply -", "dryRun created replaced unchanged jobs")]
    [InlineData("job apply - --dry-run", "dryRun created replaced unchanged jobs")]
    [InlineData("job run all-a", "id job state cause nominal createdAt attempt attempts")]
    [InlineData("job run all-a --wait", "id job state cause nominal createdAt startedAt endedAt attempt attempts")]
    [InlineData("run list --job all-a", "id job state cause nominal createdAt attempt attempts")]
    [InlineData("run get RUN", "id job state cause nominal createdAt startedAt endedAt attempt attempts")]
    [InlineData("run retry RUN --wait", "id job state cause nominal createdAt startedAt endedAt attempt attempts")]
    [InlineData("import crontab -", "dryRun created replaced unchanged jobs")]
    [InlineData("version", "client server")]
    public async Task Answers_InJson_HaveTheirFields(string arguments, string fields)
    {
        await SucceedAsync("job apply -", "{name: all-a, command: 'true', schedule: '@yearly'}");
        var ran = JsonNode.Parse((await SucceedAsync("job run all-a --wait --json")).Output)!;
        var input = arguments.StartsWith("import", StringComparison.Ordinal)
            ? "0 1 1 1 * imported\n"
            : "{name: all-b, command: x}";

        var result = await SucceedAsync(
            arguments.Replace("RUN", (string?)ran["id"], StringComparison.Ordinal) + " --json", input);

        var json = JsonNode.Parse(result.Output)!;
        var answer = (json is JsonArray list ? list[0]! : json).AsObject();
        Assert.All(fields.Split(' '), field => Assert.True(answer.ContainsKey(field), $"{field}: {result.Output}"));
    }

    [Theory]
    [InlineData("job disable quiet-a")]
    [InlineData("job enable quiet-a")]
    [InlineData("job delete quiet-a")]
    public async Task Commands_WithoutAnAnswer_WriteNoTextAmongJson(string arguments)
    {
        await SucceedAsync("job apply -", "{name: quiet-a, command: x}");

        Assert.Equal("", (await SucceedAsync(arguments + " --json")).Output);
    }

    [Theory]
    [InlineData("job get json-a", "status")]
    [InlineData("job next json-a", "occurrences")]
    [InlineData("version", "server")]
    public async Task Answers_InJson_AreObjects(string arguments, string member)
    {
        await SucceedAsync("job apply -", "{name: json-a, command: x, schedule: '@daily'}");

        var applied = JsonNode.Parse((await SucceedAsync("job apply - --json", "{name: json-b, command: x}")).Output)!;
        var answer = JsonNode.Parse((await SucceedAsync(arguments + " --json")).Output)!;

        Assert.Equal("json-b", (string?)applied["jobs"]![0]!["name"]);
        Assert.NotNull(answer[member]);
    }

    [Fact]
    public async Task Next_MarksTimesThatDaylightSavingShifts()
    {
        await SucceedAsync(
            "job apply -", "{name: next, command: x, schedule: '30 2 * * *', scheduleTimeZone: Europe/Berlin}");

        var next = await SucceedAsync("job next next -n 3 --from 2030-03-30T00:00:00Z");

        var lines = next.Output.Split('\n');
        Assert.Equal("30 2 * * * in Europe/Berlin, fixed", lines[0]);
        Assert.Contains(lines, line => line.StartsWith("2030-03-31 01:00:00Z") && line.Contains("shifted: ")
            && line.Contains("02:30"));
        Assert.Single(lines, line => line.Contains("shifted"));
    }

    [Fact]
    public async Task Jobs_AreDisabledEnabledAndDeleted()
    {
        await SucceedAsync("job apply -", "- {name: del-a, command: x}\n- {name: del-b, parents: [del-a], command: x}");

        Assert.Equal("del-a: disabled\n", (await SucceedAsync("job disable del-a --reason broken")).Output);
        Assert.Contains("del-a", (await SucceedAsync("job list --disabled")).Output, StringComparison.Ordinal);
        Assert.Equal("del-a: enabled\n", (await SucceedAsync("job enable del-a")).Output);
        Assert.Equal("del-a: kill requested\n", (await SucceedAsync("job kill del-a")).Output);
        Assert.Equal(1, (await server.RunAsync("job delete del-a")).Code);
        Assert.Equal("del-a: deleted\n", (await SucceedAsync("job delete del-a --cascade delete")).Output);
        Assert.Equal(1, (await server.RunAsync("job get del-b")).Code);
    }

    [Fact]
    public async Task Crontab_Imported_MakesJobsAndAgainChangesNone()
    {
        const string crontab = "MAILTO=ops@example.org\n*/5 * * * * /opt/backup.sh\n@reboot /opt/start.sh\n";

        var dry = await SucceedAsync("import crontab - --time-zone Europe/Berlin --dry-run --prefix cron-", crontab);
        var strict = await server.RunAsync("import crontab - --strict --prefix cron-", crontab);
        var first = await SucceedAsync("import crontab - --time-zone Europe/Berlin --prefix cron-", crontab);
        var second = await SucceedAsync("import crontab - --time-zone Europe/Berlin --prefix cron-", crontab);

        Assert.Contains("created    cron-backup (dry run)", dry.Output, StringComparison.Ordinal);
        Assert.Equal(1, strict.Code);
        Assert.Contains("-:3: left out: @reboot", first.Error, StringComparison.Ordinal);
        Assert.Equal("created    cron-backup\n1 created\n", first.Output);
        Assert.Equal("unchanged  cron-backup\n1 unchanged\n", second.Output);
    }

    [Fact]
    public async Task Crontab_WrittenAsAFile_AsksNoServer()
    {
        var result = await CliServer.RunAsync(
            "import crontab - --time-zone UTC --output -".Split(' '), "@daily /opt/backup.sh\n", "http://127.0.0.1:1");

        Assert.Equal(0, result.Code);
        Assert.StartsWith("- name: backup\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_ByTheServer_EndsWith1()
    {
        var unknown = await server.RunAsync("job run no-such-job");
        var anonymous = await server.RunAnonymouslyAsync("job list");

        Assert.Equal(1, unknown.Code);
        Assert.Contains("no-such-job", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(1, anonymous.Code);
        Assert.Contains("--token", anonymous.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jbo list", "Did you mean job instead of jbo?")]
    [InlineData("sevre", "chronos: Unrecognized command or argument 'sevre'.\nDid you mean serve instead of sevre?\n")]
    [InlineData("--http-prot 80", "Did you mean chronos serve --http-port instead of --http-prot?")]
    [InlineData("--http_prot=80", "Did you mean chronos serve --http-port instead of --http_prot=80?")]
    [InlineData("job lst", "Did you mean list instead of lst?")]
    [InlineData("job list --foo", "There is no option '--foo'.")]
    [InlineData("job list -x", "There is no option '-x'.")]
    [InlineData("job list a --foo", "'--foo'")]
    [InlineData("serve sevre --default-time-zone Europe/Berlni", "Did you mean Europe/Berlin?")]
    [InlineData("serve --log-level debgu", "Did you mean debug?")]
    [InlineData("job", "chronos job --help")]
    [InlineData("job list --sate idle", "Did you mean --state?")]
    [InlineData("job list --sate", "Did you mean --state?")]
    [InlineData("job list --state sleeping", "sleeping")]
    [InlineData("job run a --env NAME", "name=value")]
    [InlineData("job apply /no/such/file.yaml", "/no/such/file.yaml")]
    [InlineData("import crontab /no/such/crontab", "/no/such/crontab")]
    [InlineData("job list --url ftp://x", "ftp://x")]
    [InlineData("serve --htp-port 1 stray", "--http-port")]
    [InlineData("--htp_port 1", "--htp_port")]
    public async Task Mistake_InTheCommandLine_EndsWith2(string arguments, string told)
    {
        var result = await CliServer.RunAsync(arguments.Split(' '), "", "http://127.0.0.1:1");

        Assert.Equal(2, result.Code);
        Assert.Contains(told, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_ThatCannotBeReached_EndsWith3()
    {
        var result = await CliServer.RunAsync(["job", "list"], "", "http://127.0.0.1:1");

        Assert.Equal(3, result.Code);
        Assert.Contains("CHRONOS_URL", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "chronos serve --demo")]
    [InlineData("job apply --help", "chronos job apply config/ --dry-run")]
    [InlineData("job list --help", "--last-run")]
    [InlineData("run logs --help", "chronos run logs -f")]
    [InlineData("import crontab --help", "crontab -l |")]
    [InlineData("serve --help", "--zk-hosts <servers>  [CHRONOS_ZK_HOSTS]")]
    [InlineData("serve --http_port 1 --help", "chronos serve --demo")]
    public async Task Help_ShowsOptionsAndExamples(string arguments, string shown)
    {
        var result = await CliServer.RunAsync(
            arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), "", url: null);

        Assert.Equal(0, result.Code);
        Assert.Contains(shown, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hash_OfAPassword_IsMadeFromStandardInput()
    {
        Assert.StartsWith("pbkdf2-sha256$", (await CliServer.RunAsync(["hash"], "horse\n", null)).Output);
        Assert.Contains("tokenHash: sha256$", (await CliServer.RunAsync(["hash", "--token"], "", null)).Output);
        Assert.Equal(2, (await CliServer.RunAsync(["hash"], "", null)).Code);
    }

    [Fact]
    public async Task Version_OfAServer_IsShownWhereOneIsNamed()
    {
        var alone = await CliServer.RunAsync(["version"], "", null);

        Assert.Matches(@"^chronos \d+\.\d+\.\d+\n$", alone.Output);
        Assert.Contains("server ", (await SucceedAsync("version")).Output, StringComparison.Ordinal);
    }
}
