using System.Globalization;
using Chronos.Mesos.Protocol;

namespace Chronos.MesosSimulator.Resources;

/// <summary>Amounts of resources by name and reservation. Scalars count in thousandths, as masters do.</summary>
internal sealed class ResourceBag
{
    private const double Thousand = 1000;
    private readonly List<Entry> entries = [];

    internal bool IsEmpty => entries.TrueForAll(entry => entry.IsEmpty);

    /// <summary>Whether there is enough for an offer: a hundredth of a cpu, or 32 MiB.</summary>
    internal bool IsWorthAnOffer => Sum("cpus") >= 10 || Sum("mem") >= 32_000;

    internal static ResourceBag Of(IEnumerable<Resource> resources)
    {
        var bag = new ResourceBag();
        foreach (var resource in resources)
        {
            var entry = bag.Get(resource.Name, ReservationOf(resource));
            if (resource.Type == Value.Types.Type.Scalar) entry.Amount += ToThousandths(resource.Scalar?.Value ?? 0);
            foreach (var range in resource.Ranges?.Range ?? []) entry.Ranges.Add(range.Begin, range.End);
        }

        return bag;
    }

    internal ResourceBag Copy()
    {
        var copy = new ResourceBag();
        copy.Add(this);
        return copy;
    }

    internal long Sum(string name) => entries.Where(entry => entry.Name == name).Sum(entry => entry.Amount);

    internal void Add(ResourceBag other)
    {
        foreach (var theirs in other.entries)
        {
            var ours = Get(theirs.Name, theirs.Reservation);
            ours.Amount += theirs.Amount;
            ours.Ranges.Add(theirs.Ranges);
        }
    }

    /// <summary>Takes what is there, see <see cref="Contains"/>.</summary>
    internal void Subtract(ResourceBag other)
    {
        foreach (var theirs in other.entries)
        {
            var ours = Get(theirs.Name, theirs.Reservation);
            ours.Amount -= theirs.Amount;
            ours.Ranges.Remove(theirs.Ranges);
        }
    }

    internal bool Contains(ResourceBag other)
    {
        foreach (var theirs in other.entries)
        {
            if (theirs.IsEmpty) continue;
            var ours = entries.Find(entry => entry.Name == theirs.Name && entry.Reservation == theirs.Reservation);
            if (ours is null || ours.Amount < theirs.Amount || !ours.Ranges.Contains(theirs.Ranges)) return false;
        }

        return true;
    }

    /// <summary>The part that a role may have: unreserved, or reserved for it or a role above it.</summary>
    internal ResourceBag ForRole(string role)
    {
        var part = new ResourceBag();
        foreach (var entry in entries)
        {
            if (entry.IsEmpty || !IsFor(entry.Reservation, role)) continue;
            var copy = part.Get(entry.Name, entry.Reservation);
            copy.Amount = entry.Amount;
            copy.Ranges.Add(entry.Ranges);
        }

        return part;
    }

    /// <summary>As messages.</summary>
    /// <param name="role">Of the allocation; null: the framework is not to see it.</param>
    /// <param name="isRefined">Whether reservations are written in the newer form.</param>
    internal IEnumerable<Resource> ToMessages(string? role, bool isRefined)
    {
        foreach (var entry in entries)
        {
            if (entry.IsEmpty) continue;
            var resource = entry.ToMessage();
            if (role is not null) resource.AllocationInfo = new() { Role = role };
            if (isRefined && entry.Reservation.Length > 0)
                resource.Reservations.Add(new Resource.Types.ReservationInfo
                {
                    Type = Resource.Types.ReservationInfo.Types.Type.Static,
                    Role = entry.Reservation,
                });
#pragma warning disable CS0612 // the older form of a reservation is a deprecated field
            if (!isRefined) resource.Role = entry.Reservation.Length > 0 ? entry.Reservation : "*";
#pragma warning restore CS0612
            yield return resource;
        }
    }

    /// <summary>As in the master's messages: <c>cpus(allocated: *):1.9; ports(allocated: *):[31000-31999]</c>.
    /// </summary>
    internal string Describe(string role) => string.Join(
        "; ", entries.Where(entry => !entry.IsEmpty).Select(entry => $"{entry.Name}(allocated: {role}):{entry.Text}"));

    /// <summary>As on the pages of the older interface.</summary>
    internal IEnumerable<(string Name, double? Amount, string Text)> Lines => entries.Where(entry => !entry.IsEmpty)
        .Select(entry => (entry.Name, entry.Ranges.IsEmpty ? entry.Amount / Thousand : (double?)null, entry.Text));

    private static bool IsFor(string reservation, string role) =>
        reservation.Length == 0 || role == reservation || role.StartsWith(reservation + "/", StringComparison.Ordinal);

    private static string ReservationOf(Resource resource)
    {
        if (resource.Reservations.Count > 0) return resource.Reservations[^1].Role;
#pragma warning disable CS0612 // the older form of a reservation is a deprecated field
        return resource.HasRole && resource.Role != "*" ? resource.Role : "";
#pragma warning restore CS0612
    }

    private static long ToThousandths(double value) => (long)Math.Round(Math.Clamp(value, -1e12, 1e12) * Thousand);

    private Entry Get(string name, string reservation)
    {
        foreach (var entry in entries)
            if (entry.Name == name && entry.Reservation == reservation) return entry;
        var added = new Entry(name, reservation);
        entries.Add(added);
        return added;
    }

    private sealed class Entry(string name, string reservation)
    {
        internal string Name { get; } = name;

        internal string Reservation { get; } = reservation;

        internal long Amount { get; set; }

        internal RangeSet Ranges { get; } = new();

        internal bool IsEmpty => Amount == 0 && Ranges.IsEmpty;

        internal string Text =>
            Ranges.IsEmpty ? (Amount / Thousand).ToString(CultureInfo.InvariantCulture) : Ranges.ToString();

        internal Resource ToMessage() => Ranges.IsEmpty
            ? new() { Name = Name, Type = Value.Types.Type.Scalar, Scalar = new() { Value = Amount / Thousand } }
            : new() { Name = Name, Type = Value.Types.Type.Ranges, Ranges = Ranges.ToMessage() };
    }
}
