using System.Text;

namespace QatPipeline.TestSupport;

/// <summary>Texts that are written to harm whoever parses them.</summary>
public static class HostileSpecifications
{
    private const int Levels = 200_000;

    private static readonly string NestedList = new string('[', Levels) + new string(']', Levels);

    /// <summary>The attacks by name, each with the key of the limit that it breaks.</summary>
    public static IReadOnlyDictionary<string, (string Text, string Limit)> All { get; } = new Dictionary<string, (string, string)>
    {
        ["list of 200,000 levels"] = ($"name: {NestedList}", "Limits__Nesting"),
        ["list of 200,000 levels, never closed"] = (new string('[', Levels), "Limits__Nesting"),
        ["list of 200,000 levels in JSON"] = ($$"""{"name":{{NestedList}}}""", "Limits__Nesting"),
        ["mapping of 100,000 levels"] = (string.Concat(Enumerable.Repeat("{a: ", Levels / 2)), "Limits__Nesting"),
        ["600 KB of aliases"] = ($"name: &a x\nmodel: [{string.Concat(Enumerable.Repeat("*a, ", 150_000))}*a]", "Limits__Aliases"),
        ["lists that double 30 times"] = (Doubling(), "Limits__Nodes"),
        ["key that is a list which doubles 30 times"] = ($"{Doubling()}? *a30\n: x\n", "Limits__Nodes"),
        ["list of 200,000 entries"] = ($"model: [{string.Concat(Enumerable.Repeat("0,", Levels))}0]", "Limits__Nodes"),
        ["100,000 keys"] = (string.Concat(Enumerable.Range(0, Levels / 2).Select(key => $"k{key}: 0\n")), "Limits__Nodes"),
    };

    private static string Doubling()
    {
        var text = new StringBuilder("a0: &a0 x\n");
        for (var level = 1; level <= 30; level++)
        {
            text.Append(null, $"a{level}: &a{level} [*a{level - 1}, *a{level - 1}]\n");
        }

        return text.ToString();
    }
}
