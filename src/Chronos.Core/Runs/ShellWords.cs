using System.Text;

namespace Chronos.Core.Runs;

/// <summary>Splits a text into words as a shell does, without any expansion.</summary>
public static class ShellWords
{
    /// <summary>The words; a quote that is not closed ends with the text.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var isWord = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsWhiteSpace(c))
            {
                if (isWord) words.Add(word.ToString());
                word.Clear();
                isWord = false;
                continue;
            }

            isWord = true;
            if (c == '\\' && i + 1 < text.Length) word.Append(text[++i]);
            else if (c is '\'' or '"') i = TakeQuoted(text, i, word);
            else word.Append(c);
        }

        if (isWord) words.Add(word.ToString());
        return words;
    }

    /// <returns>The place of the closing quote.</returns>
    private static int TakeQuoted(string text, int start, StringBuilder word)
    {
        var quote = text[start];
        var i = start + 1;
        for (; i < text.Length && text[i] != quote; i++)
        {
            var mayEscape = quote == '"' && text[i] == '\\' && i + 1 < text.Length;
            if (mayEscape && (text[i + 1] is '"' or '\\' or '$' or '`')) i++;
            word.Append(text[i]);
        }

        return i;
    }
}
