using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Chronos.Server.Ui;

/// <summary>Text that is HTML. Made of interpolated strings whose holes are encoded unless they are HTML themselves, so
/// that no page can forget to.</summary>
internal readonly record struct Html(string Text)
{
    /// <summary>Nothing.</summary>
    public static readonly Html Empty = new("");

    /// <summary>HTML of an interpolated string.</summary>
    public static Html Of(HtmlBuilder text) => new(text.ToString());

    /// <summary>HTML pieces one after the other.</summary>
    public static Html Join(IEnumerable<Html> pieces) => new(string.Concat(pieces.Select(p => p.Text)));

    /// <inheritdoc/>
    public override string ToString() => Text ?? "";
}

/// <summary>Builds <see cref="Html"/>; the compiler calls it for interpolated strings.</summary>
[InterpolatedStringHandler]
internal readonly struct HtmlBuilder(int literalLength, int formattedCount)
{
    private const int HoleLength = 16;
    private readonly StringBuilder text = new(literalLength + (formattedCount * HoleLength));

    public void AppendLiteral(string literal) => text.Append(literal);

    public void AppendFormatted(Html html) => text.Append(html.ToString());

    public void AppendFormatted(IEnumerable<Html> pieces)
    {
        foreach (var piece in pieces) text.Append(piece.ToString());
    }

    public void AppendFormatted(string? plain) => text.Append(HtmlEncoder.Default.Encode(plain ?? ""));

    public void AppendFormatted(int number) => text.Append(number);

    public override string ToString() => text.ToString();
}
