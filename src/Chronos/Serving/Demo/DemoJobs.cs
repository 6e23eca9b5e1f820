using System.Text.Json;
using Chronos.Core.Jobs;
using Chronos.Core.Scheduling;
using Chronos.Runtime.Node;
using NodaTime;

namespace Chronos.Serving.Demo;

/// <summary>A small day of ETL that shows schedules, dependencies, retries and logs within seconds.</summary>
public static class DemoJobs
{
    private const string Json = """
        [
          {
            "name": "extract-orders",
            "description": "Reads orders every 10 seconds, by an ISO 8601 interval.",
            "owner": "etl@example.org",
            "labels": { "demo": "true", "stage": "extract" },
            "schedule": "R//PT10S",
            "command": "echo reading orders due $CHRONOS_NOMINAL_TIME; seq 1 5 > orders.csv; sleep 1; wc -l orders.csv",
            "cpus": 0.1, "mem": 32
          },
          {
            "name": "extract-customers",
            "description": "Reads customers every 10 seconds, by a cron expression with seconds.",
            "owner": "etl@example.org",
            "labels": { "demo": "true", "stage": "extract" },
            "schedule": "*/10 * * * * *",
            "command": "echo reading customers; for n in 1 2 3; do echo customer $n; sleep 0.3; done",
            "cpus": 0.1, "mem": 32
          },
          {
            "name": "join-orders",
            "description": "Starts when both extracts have succeeded since its last start.",
            "owner": "etl@example.org",
            "labels": { "demo": "true", "stage": "transform" },
            "parents": ["extract-customers", "extract-orders"],
            "command": "echo joining; sleep 1; echo 5 rows written >&2",
            "cpus": 0.2, "mem": 64
          },
          {
            "name": "report",
            "description": "Starts after each join.",
            "owner": "reports@example.org",
            "labels": { "demo": "true", "stage": "report" },
            "parents": ["join-orders"],
            "command": "echo report of $(date -u +%H:%M:%S); echo total: 5",
            "cpus": 0.1, "mem": 32
          },
          {
            "name": "cleanup",
            "description": "Every minute, at most one at a time.",
            "owner": "ops@example.org",
            "labels": { "demo": "true", "stage": "housekeeping" },
            "schedule": "* * * * *",
            "command": "echo cleaning up in $PWD; sleep 2; echo done",
            "cpus": 0.1, "mem": 32
          },
          {
            "name": "flaky-upload",
            "description": "Fails at its first attempt and succeeds at its second.",
            "owner": "ops@example.org",
            "labels": { "demo": "true", "stage": "export" },
            "schedule": "R//PT20S",
            "retries": 2,
            "retryDelay": "PT2S",
            "command": "if [ \"$CHRONOS_JOB_RUN_ATTEMPT\" = 0 ]; then echo reset >&2; exit 7; fi; echo uploaded",
            "cpus": 0.1, "mem": 32
          }
        ]
        """;

    /// <summary>Adds those that are not there; those that are keep whatever somebody made of them.</summary>
    /// <returns>How many were added.</returns>
    public static async Task<int> AddAsync(
        SchedulerNode node, JobDefaults defaults, CancellationToken cancellationToken)
    {
        var missing = Read(defaults, node.Now).Where(job => node.Jobs.Find(job.Name) is null).ToList();
        if (missing.Count == 0) return 0;
        var reply = await node.SubmitAsync(new PutJobs([.. missing], Actor.System), cancellationToken);
        return reply is Refused refused
            ? throw new InvalidOperationException(string.Join(' ', refused.Violations))
            : missing.Count;
    }

    /// <summary>The definitions.</summary>
    public static IReadOnlyList<Job> Read(JobDefaults defaults, Instant now)
    {
        var options = new JobReadOptions { Dialect = JobDialect.Native, Defaults = defaults, Now = now };
        using var document = JsonDocument.Parse(Json);
        return [.. document.RootElement.EnumerateArray().Select(json => JobReader.Read(json, options)).Select(result =>
            result.Job ?? throw new InvalidOperationException(string.Join(' ', result.Violations)))];
    }
}
