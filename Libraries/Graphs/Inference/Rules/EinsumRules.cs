namespace QatPipeline.Graphs.Inference.Rules;

/// <summary>Einstein sums: axes with a letter each, <c>bij,bjk-&gt;bik</c>; an ellipsis stands for leading axes that broadcast.</summary>
internal static class EinsumRules
{
    private const string Ellipsis = "...";

    public static void Einsum(NodeContext context)
    {
        var equation = context.Node.String("equation", "").Replace(" ", "", StringComparison.Ordinal);
        var sides = equation.Split("->");
        var terms = sides[0].Split(',');
        if (terms.Length != context.Node.Inputs.Count || sides.Length > 2)
        {
            throw new GraphException($"The equation '{equation}' does not fit {context.Node.Inputs.Count} inputs.");
        }

        var letters = new Dictionary<char, Dimension>();
        IReadOnlyList<Dimension> leading = [];
        for (var input = 0; input < terms.Length; input++)
        {
            if (context.Shape(input) is not { } shape)
            {
                return;
            }

            var named = terms[input].Replace(Ellipsis, "", StringComparison.Ordinal);
            var free = shape.Count - named.Length;
            var start = terms[input].IndexOf(Ellipsis, StringComparison.Ordinal);
            if (free < 0 || (free > 0 && start < 0))
            {
                throw new GraphException($"The term '{terms[input]}' does not fit [{string.Join(", ", shape)}].");
            }

            start = start < 0 ? named.Length : start;
            leading = Dimensions.Broadcast(leading, [.. shape.Skip(start).Take(free)])!;
            for (var letter = 0; letter < named.Length; letter++)
            {
                var dimension = shape[letter < start ? letter : letter + free];
                letters[named[letter]] = letters.TryGetValue(named[letter], out var known) && known.Value is not (null or 1)
                    ? known
                    : dimension;
            }
        }

        var output = sides.Length > 1 ? sides[1] : Implied(sides[0], terms);
        var at = output.IndexOf(Ellipsis, StringComparison.Ordinal);
        var kept = output.Replace(Ellipsis, "", StringComparison.Ordinal).Select(letter => letters.GetValueOrDefault(letter)).ToArray();
        context.Set(0, context.Type(0), at < 0 ? kept : [.. kept.Take(at), .. leading, .. kept.Skip(at)]);
    }

    /// <summary>Without an arrow: the ellipsis, then the letters that occur once, in their order.</summary>
    private static string Implied(string left, string[] terms) => string.Concat(
        (terms.Any(term => term.Contains(Ellipsis, StringComparison.Ordinal)) ? Ellipsis : "")
            .Concat(left.Where(char.IsLetter).GroupBy(letter => letter).Where(group => group.Count() == 1)
                .Select(group => group.Key).Order()));
}
