using System.Text;
using System.Text.Json.Nodes;
using Chronos.Crontab;
using Xunit;

namespace Chronos.Server.Tests.Cli;

public sealed class CrontabImportTests
{
    private static CrontabJobs Read(string text, CrontabImportOptions? options = null) =>
        CrontabImport.Read(text, options ?? new CrontabImportOptions());

    private static ImportedJob Single(string text, CrontabImportOptions? options = null) =>
        Assert.Single(Read(text, options).Jobs);

    private static string? Text(ImportedJob job, string field) => (string?)job.Json[field];

    [Theory]
    [InlineData("*/5 * * * * run-it", "*/5 * * * *")]
    [InlineData("  0\t2  1,15 * *\trun-it --all", "0 2 1,15 * *")]
    [InlineData("0 9-17/2 * jan-mar mon-fri run-it", "0 9-17/2 * jan-mar mon-fri")]
    [InlineData("30 4 * * 7 run-it", "30 4 * * 7")]
    [InlineData("@daily run-it", "@daily")]
    [InlineData("@midnight run-it", "@midnight")]
    [InlineData("@hourly run-it", "@hourly")]
    [InlineData("@every_minute run-it", "* * * * *")]
    public void Schedule_ThatCronKnows_IsKeptAsWritten(string line, string schedule)
    {
        var job = Single(line);

        Assert.Equal("run-it", job.Name[..6]);
        Assert.Equal(schedule, Text(job, "schedule"));
    }

    [Theory]
    [InlineData("@reboot run-it", "@reboot")]
    [InlineData("0 2 * * * mail root%Hello%World", "input")]
    [InlineData("0 0~5 * * * run-it", "'~'")]
    [InlineData("61 * * * * run-it", "61")]
    [InlineData("0 2 * *", "command")]
    [InlineData("@daily", "command")]
    [InlineData("@fortnightly run-it", "@fortnightly")]
    [InlineData("this is not a crontab at all", "this")]
    [InlineData("CRON_TZ=Mars/Olympus\n0 2 * * * run-it", "Mars/Olympus")]
    public void Line_ThatNoJobCanExpress_IsReportedWithTheReason(string text, string reason)
    {
        var result = Read("\n" + text);

        Assert.Empty(result.Jobs);
        var finding = Assert.Single(result.Findings);
        Assert.True(finding.IsLost);
        Assert.Equal(1 + text.Split('\n').Length, finding.Line);
        Assert.Contains(reason, finding.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"0 2 * * * date +\%F", "date +%F")]
    [InlineData(@"0 2 * * * date +\%F %", "date +%F")]
    [InlineData(@"0 2 * * * printf 'a\nb'  ", @"printf 'a\nb'")]
    [InlineData("0 2 * * * a && b | c > /dev/null 2>&1 # note", "a && b | c > /dev/null 2>&1 # note")]
    [InlineData("0 2 * * * A=1 run-it\r", "A=1 run-it")]
    public void Command_IsTakenAsCronGivesItToTheShell(string line, string command) =>
        Assert.Equal(command, Text(Single(line), "command"));

    [Fact]
    public void Job_BehavesAsCronWould()
    {
        var job = Single("0 2 * * * run-it");

        Assert.Equal(0, (int?)job.Json["retries"]);
        Assert.Equal("allow", Text(job, "concurrency"));
        Assert.Equal("none", Text(job, "missed"));
        Assert.Null(job.Json["environmentVariables"]);
        Assert.Null(job.Json["owner"]);
        Assert.Null(job.Json["scheduleTimeZone"]);
    }

    [Fact]
    public void EnvironmentLines_ApplyToTheEntriesBelowThem()
    {
        var jobs = Read("""
            PATH=/usr/bin:/bin
            MAILTO = "ops@example.org,dba@example.org"
            0 1 * * * first
            PATH='/opt/bin'
            CRON_TZ=Europe/Berlin
            MAILTO=""
            "GREETING" = hello world
            0 2 * * * second
            """).Jobs;

        Assert.Equal("ops@example.org,dba@example.org", Text(jobs[0], "owner"));
        Assert.Equal("""[{"name":"PATH","value":"/usr/bin:/bin"}]""", Variables(jobs[0]));
        Assert.Null(Text(jobs[0], "scheduleTimeZone"));
        Assert.Null(Text(jobs[1], "owner"));
        Assert.Equal("Europe/Berlin", Text(jobs[1], "scheduleTimeZone"));
        Assert.Equal(
            """[{"name":"PATH","value":"/opt/bin"},{"name":"GREETING","value":"hello world"}]""", Variables(jobs[1]));
    }

    private static string? Variables(ImportedJob job) => job.Json["environmentVariables"]?.ToJsonString();

    [Fact]
    public void Shell_OtherThanSh_IsNamedBeforeTheLine()
    {
        var job = Single("SHELL=/bin/bash\n0 2 * * * [[ -f 'x' ]] && run-it");

        Assert.Equal(@"exec /bin/bash -c '[[ -f '\''x'\'' ]] && run-it'", Text(job, "command"));
        Assert.Null(job.Json["shell"]);
        Assert.Equal("run-it", job.Name);
    }

    [Fact]
    public void Utf16_WithoutItsMark_IsRefusedAtOnce()
    {
        var result = Read(Encoding.UTF8.GetString(Encoding.Unicode.GetBytes("0 1 * * * first\n0 2 * * * second\n")));

        Assert.Empty(result.Jobs);
        Assert.Contains("iconv -f utf-16", Assert.Single(result.Findings).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_ThatAreNotUtf8_AreRefusedLineByLine()
    {
        var result = Read(Encoding.UTF8.GetString(
            [.. "# caf"u8, 0xE9, .. "\n0 1 * * * first\n0 2 * * * echo caf"u8, 0xE9, .. "\n0 3 * * * echo café\n"u8]));

        Assert.Equal(["first", "echo café"], result.Jobs.Select(job => Text(job, "command")));
        var finding = Assert.Single(result.Findings);
        Assert.Equal((3, true), (finding.Line, finding.IsLost));
        Assert.Contains("not UTF-8", finding.Reason, StringComparison.Ordinal);
        Assert.Null(Text(result.Jobs[0], "description"));
    }

    [Fact]
    public void Home_BecomesTheWorkingDirectory() =>
        Assert.Equal("/srv/app", Text(Single("HOME=/srv/app\n@daily ./run-it"), "workingDirectory"));

    [Theory]
    [InlineData("RANDOM_DELAY=15", "PT15M", 0)]
    [InlineData("RANDOM_DELAY=0", null, 0)]
    [InlineData("RANDOM_DELAY=soon", null, 1)]
    public void RandomDelay_BecomesJitter(string line, string? jitter, int findings)
    {
        var result = Read(line + "\n@daily run-it");

        Assert.Equal(jitter, Text(result.Jobs[0], "jitter"));
        Assert.Equal(findings, result.Findings.Count);
    }

    [Fact]
    public void SystemCrontab_HasAUserColumn()
    {
        var options = new CrontabImportOptions { HasUserColumn = true };

        var jobs = Read(
            "17 * * * * root  cd / && run-parts --report /etc/cron.hourly\n@daily www-data:web tidy", options);

        Assert.Equal("root", Text(jobs.Jobs[0], "runAsUser"));
        Assert.Equal("cd / && run-parts --report /etc/cron.hourly", Text(jobs.Jobs[0], "command"));
        Assert.Equal("run-parts-report-etc-cron-hourly", jobs.Jobs[0].Name);
        Assert.Equal("www-data", Text(jobs.Jobs[1], "runAsUser"));
        Assert.False(Assert.Single(jobs.Findings).IsLost);
    }

    [Fact]
    public void SystemCrontab_WithoutCommand_IsReported()
    {
        var result = Read("17 * * * * root", new CrontabImportOptions { HasUserColumn = true });

        Assert.Contains("user", Assert.Single(result.Findings).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Comment_RightAboveAnEntry_DescribesIt()
    {
        var jobs = Read("""
            # m h dom mon dow command

            # Nightly dump,
            # kept for a week
            0 2 * * * dump
            0 3 * * * other
            # 0 4 * * * commented-out
            0 5 * * * last
            """).Jobs;

        Assert.Equal(["Nightly dump, kept for a week", null, null], jobs.Select(job => Text(job, "description")));
    }

    [Fact]
    public void Options_GiveZoneUserAndPrefix()
    {
        var options = new CrontabImportOptions { Prefix = "web1-", TimeZone = "Asia/Tokyo", User = "deploy" };

        var job = Single("@daily run-it", options);

        Assert.Equal("web1-run-it", job.Name);
        Assert.Equal("Asia/Tokyo", Text(job, "scheduleTimeZone"));
        Assert.Equal("deploy", Text(job, "runAsUser"));
    }

    [Theory]
    [InlineData("/usr/local/bin/backup.sh --full /data", "backup-full-data")]
    [InlineData("cd /srv/app && /usr/bin/php artisan schedule:run >> /dev/null 2>&1", "artisan-schedule-run")]
    [InlineData("test -x /usr/sbin/anacron || run-parts /etc/cron.daily", "test-x-usr-sbin-anacron")]
    [InlineData("[ -x /usr/bin/certbot ] && certbot renew -q", "certbot-renew-q")]
    [InlineData("sudo -u postgres nice -n 10 pg_dump app | gzip > /b.gz", "pg-dump-app")]
    [InlineData("flock -n /tmp/lock python3 /opt/etl/load.py", "load")]
    [InlineData("FOO=1 timeout 60 bash -c 'sync-it now'", "sync-it-now")]
    [InlineData("(cd /x; ./run.sh)", "run")]
    [InlineData("/bin/true", "true")]
    [InlineData("bash", "bash")]
    [InlineData("../../..", "job")]
    public void Slug_NamesTheProgramThatMatters(string command, string slug) =>
        Assert.Equal(slug, CommandSlug.Of(command));

    [Fact]
    public void Names_OfLikeCommands_AreUniqueAndStay()
    {
        const string text = "0 1 * * * run-it | a\n0 2 * * * run-it | b\n0 3 * * * run-it | a\n0 3 * * * run-it | a";

        var names = Read(text).Jobs.Select(job => job.Name).ToList();

        Assert.Equal("run-it", names[0]);
        Assert.Equal(4, names.Distinct().Count());
        Assert.Equal(names, Read(text + "\n0 4 * * * run-it | c").Jobs.Select(job => job.Name).Take(4));
    }

    [Fact]
    public void VariablesWithoutMeaning_AreReportedOnce()
    {
        var result = Read("MAILFROM=cron@example.org\n@daily a\n@daily b");

        Assert.Equal(2, result.Jobs.Count);
        Assert.False(Assert.Single(result.Findings).IsLost);
    }
}
