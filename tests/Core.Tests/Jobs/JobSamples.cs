namespace Chronos.Core.Tests.Jobs;

/// <summary>Jobs that set every field.</summary>
internal static class JobSamples
{
    /// <summary>Every field of Mesos Chronos, as its 3.x version prints them.</summary>
    public const string FullChronos = """
        {
          "name": "nightly-report",
          "command": "report.sh",
          "shell": false,
          "epsilon": "PT15M",
          "executor": "",
          "executorFlags": "--verbose",
          "taskInfoData": "data",
          "retries": 3,
          "owner": "a@example.org,b@example.org",
          "ownerName": "Ann",
          "description": "Builds the <nightly> report",
          "async": true,
          "successCount": 0,
          "errorCount": 0,
          "lastSuccess": "",
          "lastError": "",
          "cpus": 0.5,
          "disk": 256.0,
          "mem": 1024.0,
          "disabled": true,
          "softError": true,
          "dataProcessingJobType": true,
          "errorsSinceLastSuccess": 0,
          "fetch": [
            {
              "uri": "https://example.org/report.tgz",
              "output_file": "r.tgz",
              "executable": true,
              "cache": true,
              "extract": false
            },
            {
              "uri": "/opt/tools",
              "executable": false,
              "cache": false,
              "extract": true
            }
          ],
          "uris": [],
          "environmentVariables": [
            {
              "name": "FOO",
              "value": "BAR"
            }
          ],
          "arguments": [
            "-a",
            "1"
          ],
          "highPriority": true,
          "runAsUser": "batch",
          "concurrent": true,
          "maxCompletionTime": 3600,
          "container": {
            "type": "MESOS",
            "image": "example/report:1",
            "network": "BRIDGE",
            "networkName": "blue",
            "networkInfos": [
              {
                "name": "green",
                "protocol": "IPv4",
                "labels": [
                  {
                    "key": "k",
                    "value": "v"
                  }
                ],
                "portMappings": [
                  {
                    "hostPort": 31000,
                    "containerPort": 80,
                    "protocol": "tcp"
                  }
                ]
              }
            ],
            "volumes": [
              {
                "hostPath": "/var/log",
                "containerPath": "/log",
                "mode": "RO"
              },
              {
                "containerPath": "/data",
                "mode": "RW",
                "external": {
                  "name": "data",
                  "provider": "dvdi",
                  "options": [
                    {
                      "key": "size",
                      "value": "5"
                    }
                  ]
                }
              }
            ],
            "forcePullImage": true,
            "parameters": [
              {
                "key": "cap-add",
                "value": "SYS_TIME"
              }
            ]
          },
          "constraints": [
            [
              "rack",
              "EQUALS",
              "rack-1"
            ],
            [
              "dc",
              "LIKE",
              "north|south"
            ],
            [
              "disk",
              "UNLIKE",
              "slow.*"
            ]
          ],
          "schedule": "R5/2030-01-31T13:00:00Z/P1M",
          "scheduleTimeZone": "Europe/Berlin"
        }
        """;

    /// <summary>Every field of the native form.</summary>
    public const string FullNative = """
        {
          "name": "full", "description": "d", "owner": "a@example.org", "ownerName": "Ann", "labels": {"team": "x"},
          "disabled": true, "schedule": "0 2 * * *", "scheduleTimeZone": "Europe/Berlin", "epsilon": "PT5M",
          "gap": "shift", "overlap": "last", "missed": {"mode": "all", "limit": 3, "window": "PT24H"},
          "jitter": "PT10S", "calendars": ["2026-12-24/2026-12-26"], "startAfter": "2026-01-01T00:00:00Z",
          "endBefore": "2027-01-01T00:00:00Z", "parents": [], "command": "run", "shell": false, "arguments": ["-v"],
          "environmentVariables": [{"name": "A", "value": "1"}], "secrets": [{"name": "S", "value": "hunter2"}],
          "workingDirectory": "/srv", "runAsUser": "u", "engine": "docker", "fetch": [{"uri": "/x"}], "uris": [],
          "executor": "", "executorFlags": "f", "taskInfoData": "t", "container": {"image": "i"},
          "constraints": [["rack", "EQUALS", "r"]], "cpus": 1, "mem": 2, "disk": 3, "gpus": 4, "retries": 1,
          "retryDelay": "PT1S", "retryBackoff": {"factor": 2, "max": "PT1H", "jitter": 0.5}, "timeout": "PT90S",
          "killGracePeriod": "PT5S", "concurrency": "queue", "maxConcurrent": 2, "onDoubt": "run",
          "disableAfterFailures": 5, "notify": [{"on": ["failure"], "to": ["ops"]}], "softError": true,
          "async": true, "highPriority": true, "dataProcessingJobType": true
        }
        """;
}
