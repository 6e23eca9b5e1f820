using Chronos.Core.Jobs;
using Chronos.Core.Schedules;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;

namespace Chronos.Core.Tests.Jobs;

/// <summary>Generates valid jobs of every shape.</summary>
internal static class JobGenerator
{
    private static readonly Gen<string> Text = Gen.Elements(
        "", "x", "two words", "quote \" and \\ backslash", "line\nbreak\ttab", "é 漢 😀", "<&'+>", "null", "true", "7");

    private static readonly Gen<string> Word = Gen.Elements("a", "b-1", "c.d", "e_f", "g#h", "i j");
    private static readonly Gen<bool> Flag = Gen.Elements(true, false);

    private static readonly Gen<Duration> Length =
        from seconds in Gen.Choose(1, 80_000)
        from nanoseconds in Gen.Elements(0, 0, 0, 1, 500_000_000)
        select Duration.FromSeconds(seconds) + Duration.FromNanoseconds(nanoseconds);

    private static readonly Gen<double> Amount = Gen.Elements(0.1, 1, 2.5, 1e7, 1.0 / 3, 0.0001);

    private static readonly Gen<ValueList<Label>> Labels = ListOf(
        from key in Word from value in Text select new Label(key, value));

    private static readonly Gen<Constraint> Constraints =
        from attribute in Word
        from comparison in Gen.Elements(Enum.GetValues<ConstraintOperator>())
        from value in Gen.Elements("", "a|b", "(?=x).*", @"\d+", "漢")
        select new Constraint(attribute, comparison, value);

    private static readonly Gen<FetchUri> Files =
        from uri in Word
        from output in Gen.Elements("", "x", "d/y")
        from executable in Flag
        from cache in Flag
        from extract in Flag
        select new FetchUri(uri, output, executable, cache, extract);

    public static Gen<Job> Jobs { get; } =
        from name in Word
        from description in Text
        from owner in Word.Or(Gen.Constant(""))
        from labels in Labels
        from disabled in Flag
        from start in Starts()
        from command in Text
        from task in Tasks()
        from cpus in Amount
        from mem in Amount
        from gpus in Gen.Choose(0, 2)
        from policy in Policies()
        select start with
        {
            Name = name,
            Description = description,
            Owner = new(owner, description),
            Labels = labels.DistinctBy(label => label.Key).OrderBy(label => label.Key, StringComparer.Ordinal)
                .ToValueList(),
            Disabled = disabled,
            Command = command,
            Task = task,
            Resources = new(cpus, mem, 256) { Gpus = gpus },
            Policy = policy,
        };

    private static Gen<T> Or<T>(this Gen<T> first, Gen<T> second) => Gen.OneOf(first, second);

    private static Gen<T?> OrNull<T>(this Gen<T> some)
        where T : struct => Gen.OneOf(some.Select(value => (T?)value), Gen.Constant((T?)null));

    private static Gen<ValueList<T>> ListOf<T>(Gen<T> items) =>
        Gen.Choose(0, 3).SelectMany(count => items.ListOf(count)).Select(list => list.ToValueList());

    private static Gen<Job> Starts() => Gen.OneOf(
        Gen.Constant(new Job { Name = "" }),
        Schedules().Select(schedule => new Job { Name = "", Schedule = schedule }),
        from parents in Gen.Elements<ValueList<string>>(["p"], ["p", "q"])
        from trigger in Gen.Elements(Enum.GetValues<ParentTrigger>())
        select new Job { Name = "", Parents = parents, Trigger = trigger });

    private static Gen<JobSchedule> Schedules() =>
        from text in Gen.Elements("R//P1D", "R5/2030-01-01T00:00:00Z/PT1H", "0 2 * * *", "@daily", "@every 90s")
        from zone in Gen.Elements("", "Europe/Berlin", "PST")
        from gap in Gen.Elements(Enum.GetValues<GapRule>()).OrNull()
        from overlap in Gen.Elements(Enum.GetValues<OverlapRule>()).OrNull()
        from epsilon in Length.Or(Gen.Constant(JobSchedule.DefaultEpsilon))
        from mode in Gen.Elements(Enum.GetValues<MissedMode>())
        from limit in Gen.Elements(100, 5)
        from window in Length.Or(Gen.Constant(Duration.MaxValue))
        from jitter in Length.Or(Gen.Constant(Duration.Zero))
        from dates in ListOf(Gen.Choose(0, 3).Select(
            days => new DateInterval(new(2026, 12, 24), new LocalDate(2026, 12, 24).PlusDays(days))))
        from start in Gen.Constant(Instant.FromUtc(2026, 1, 1, 0, 0)).OrNull()
        from until in Length.Select(length => Instant.FromUtc(2026, 2, 1, 0, 0) + length).OrNull()
        select new JobSchedule
        {
            Text = text,
            TimeZone = zone,
            Gap = gap,
            Overlap = overlap,
            Epsilon = epsilon,
            Missed = new(mode, limit, window),
            Jitter = jitter,
            ExcludedDates = dates,
            StartAfter = start,
            EndBefore = until,
        };

    private static Gen<TaskOptions> Tasks() =>
        from engine in Gen.Elements("", "docker")
        from shell in Flag
        from arguments in ListOf(Text)
        from names in Gen.SubListOf("A", "B", "C", "D")
        from values in ListOf(Text)
        from secrets in Gen.SubListOf("S", "T")
        from user in Gen.Elements("", "root", "u")
        from fetch in ListOf(Files)
        from uris in ListOf(Word)
        from flags in Text
        from container in Containers()
        from constraints in ListOf(Constraints)
        select new TaskOptions
        {
            Engine = engine,
            Shell = shell,
            Arguments = arguments,
            Environment = names.Select(name => new EnvironmentVariable(name, values.FirstOrDefault(""))).ToValueList(),
            Secrets = secrets.Select(name => new EnvironmentVariable(name, flags)).ToValueList(),
            WorkingDirectory = engine.Length == 0 ? "" : "/srv",
            RunAsUser = user,
            Fetch = fetch,
            Uris = fetch.IsEmpty ? uris : [],
            Executor = flags,
            ExecutorFlags = flags,
            TaskInfoData = flags,
            Container = container,
            Constraints = constraints,
        };

    private static Gen<Container?> Containers() =>
        from given in Flag
        from type in Gen.Elements(Enum.GetValues<ContainerType>())
        from network in Gen.Elements(Enum.GetValues<ContainerNetwork>())
        from networkName in Gen.Elements("", "blue")
        from labels in Labels
        from protocol in Gen.Elements<string?>(null, "IPv4", "IPv6")
        from hostPath in Gen.Elements<string?>(null, "/h")
        from mode in Gen.Elements(Enum.GetValues<VolumeMode>()).OrNull()
        from external in Gen.Elements<ExternalVolume?>(null, new ExternalVolume("n", "dvdi", [new("k", "")]))
        from forced in Flag
        select !given ? null : new Container
        {
            Type = type,
            Image = "image:1",
            Network = network,
            NetworkName = networkName,
            NetworkInfos = forced ? [] : [new("n", protocol, labels, [new(0, 80, null), new(1, 81, "udp")])],
            Volumes = [new(hostPath, "/c", mode, external)],
            ForcePullImage = forced,
            Parameters = labels,
        };

    private static Gen<RunPolicy> Policies() =>
        from retries in Gen.Choose(0, 100)
        from delay in Length.OrNull()
        from factor in Gen.Elements(1, 1.5, 2)
        from max in Length.OrNull()
        from jitter in Gen.Elements(0, 0.25)
        from timeout in Length.OrNull()
        from grace in Length.OrNull()
        from concurrency in Gen.Elements(Enum.GetValues<Concurrency>())
        from concurrent in Gen.Choose(0, 9)
        from doubt in Gen.Elements(Enum.GetValues<DoubtPolicy>())
        from failures in Gen.Choose(0, 9).OrNull()
        from flags in Gen.Choose(0, 15)
        from events in ListOf(Gen.Elements(Enum.GetValues<NotifyEvent>()))
        from rules in Gen.Choose(0, 2)
        select new RunPolicy
        {
            Retries = retries,
            RetryDelay = delay,
            Backoff = new(factor, max, jitter),
            Timeout = timeout,
            KillGracePeriod = grace,
            Concurrency = concurrency,
            MaxConcurrent = concurrency is Concurrency.Allow or Concurrency.Queue ? concurrent : 0,
            OnDoubt = doubt,
            DisableAfterFailures = failures,
            SoftError = (flags & 1) > 0,
            Async = (flags & 2) > 0,
            HighPriority = (flags & 4) > 0,
            DataProcessing = (flags & 8) > 0,
            Notify = Enumerable.Repeat(new NotifyRule(events, ["ops"]), rules).ToValueList(),
        };
}
