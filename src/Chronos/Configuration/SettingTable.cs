using static Chronos.Configuration.Settings;

namespace Chronos.Configuration;

/// <summary>All settings of <c>chronos serve</c>, and how they are found by name.</summary>
public static class SettingTable
{
    /// <summary>The settings by subject, in the order of help and documentation.</summary>
    public static IReadOnlyList<SettingGroup> Groups { get; } =
    [
        new("Server", [DataDir, Demo, Drain, LeastLogLevel, LogFormat, Verbose, Hostname, ClusterName]),
        new("HTTP", [
            HttpPort, HttpAddress, Insecure, HttpCredentials, HttpRealm, HttpsPort, HttpsAddress, DisableHttp,
            TlsCertificate, TlsKey, KeystorePath, KeystorePassword, HttpCompression, DisableHttpCompression,
            AccessFile, AllowedHosts, MaxBodyBytes, MaxBulkBodyBytes, MaxBulkJobs, MaxConnections]),
        new("Jobs", [
            DefaultTimeZone, User, TaskCpu, TaskMem, TaskDisk, TaskEpsilon, FailureRetry, DisableAfterFailures,
            MaxJobs, MaxQueuedRuns, MaxBackfillRuns]),
        new("History", [Retention, RetentionRunsPerJob, JobHistoryLimit]),
        new("Tasks on this machine", [LocalCpus, LocalMem, LocalLimits, LocalAttributes, OutputLimitBytes, KillGrace]),
        new("Mesos", MesosSettings),
        new("Notifications", [
            WebuiUrl, MailServer, MailFrom, MailUser, MailPassword, MailSsl, SlackUrl, MattermostUrl,
            HttpNotificationUrl, HttpNotificationCredentials]),
        new("Clusters", ClusterSettings),
        new("Without effect in this version", NoEffectSettings),
    ];

    /// <summary>All settings.</summary>
    public static IReadOnlyList<Setting> All { get; } = [.. Groups.SelectMany(group => group.Settings)];

    private static readonly Dictionary<string, Setting> ByName = All
        .SelectMany(setting => setting.AllNames(), (setting, name) => (setting, name))
        .ToDictionary(pair => pair.name, pair => pair.setting, StringComparer.Ordinal);

    /// <summary>The setting with this name or alias; null: there is none.</summary>
    public static Setting? Find(string name) => ByName.GetValueOrDefault(name);
}

/// <summary>Settings of one subject.</summary>
public sealed record SettingGroup(string Title, IReadOnlyList<Setting> Settings);
