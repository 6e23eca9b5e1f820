using System.Globalization;
using System.Text;
using Chronos.Storage.KeyValues;

namespace Chronos.Storage.ZooKeeper;

/// <summary>The paths of nodes. Jobs are spread over buckets by a hash of their names, because the list of a node's
/// children must fit into one answer.</summary>
internal static class NodeNames
{
    public const string Fence = "/fence";
    public const string Leader = "/leader";
    public const string Members = "/members";
    private const int BucketCount = 256;
    private const ulong FnvBasis = 14_695_981_039_346_656_037;
    private const ulong FnvPrime = 1_099_511_628_211;
    private const char Escape = '%';

    /// <summary>All nodes that have values below them.</summary>
    public static IEnumerable<string> BucketsOf(Area area) => IsSpread(area)
        ? Enumerable.Range(0, BucketCount).Select(bucket => Bucket(area, bucket))
        : [Folder(area)];

    /// <summary>The node that the buckets of an area are below, or that is its only bucket.</summary>
    public static string Folder(Area area) => area switch
    {
        Area.Definitions => "/definitions",
        Area.States => "/states",
        Area.Meta => "/meta",
        Area.Parts => "/parts",
        _ => throw new InvalidOperationException($"There is no node for {area}."),
    };

    public static string PathOf(Area area, string name)
    {
        var hash = HashOf(area, name);
        var folder = IsSpread(area) ? Bucket(area, (int)((hash ^ (hash >> 32)) % BucketCount)) : Folder(area);
        return $"{folder}/{Encode(name)}";
    }

    /// <summary>The same in every process.</summary>
    public static ulong HashOf(Area area, string name)
    {
        var hash = unchecked((FnvBasis ^ (ulong)area) * FnvPrime);
        foreach (var unit in name) hash = unchecked((hash ^ unit) * FnvPrime);
        return hash;
    }

    /// <summary>A node's name for any text: what ZooKeeper does not allow is written as %XX, like in a URL.</summary>
    public static string Encode(string name)
    {
        if (name.Length == 0) return Escape.ToString();
        if (name.All(IsPlain) && name is not ("." or "..")) return name;
        var encoded = new StringBuilder(name.Length * 3);
        foreach (var unit in Encoding.UTF8.GetBytes(name))
        {
            if (unit < 0x80 && IsPlain((char)unit) && unit != '.') encoded.Append((char)unit);
            else encoded.Append(Escape).Append(unit.ToString("X2", CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }

    /// <summary>The text of a node's name.</summary>
    public static string Decode(string encoded)
    {
        if (encoded == Escape.ToString()) return "";
        return encoded.Contains(Escape) ? Uri.UnescapeDataString(encoded) : encoded;
    }

    // ASCII stays as it is where it may; letters of other scripts too, where all of the name can.
    private static bool IsPlain(char unit) => unit is >= ' ' and < '\x7f' and not ('/' or Escape)
        or >= '\xa0' and < '\xd800';

    private static bool IsSpread(Area area) => area is Area.Definitions or Area.States;

    private static string Bucket(Area area, int bucket) =>
        string.Create(CultureInfo.InvariantCulture, $"{Folder(area)}/{bucket:x2}");
}
