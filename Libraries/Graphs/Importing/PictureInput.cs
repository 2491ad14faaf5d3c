namespace QatPipeline.Graphs.Importing;

/// <summary>
/// Gives a detector that takes pictures as decoders give them (levels of 8 bits, or planes last) an input of floats with the planes first.
/// What it does to its input, such as casting and scaling, stays in it.
/// <code>x (UInt8) [N,H,W,3] ─ Cast ─ Div ─ …   →   x (Float) [N,3,H,W] ─ Transpose ─ Cast ─ Div ─ …</code>
/// </summary>
public static class PictureInput
{
    private const string LevelsKey = "input.levels";

    /// <summary>Whether the input was of levels, 0…255, before <see cref="Apply"/>.</summary>
    public static bool TakesLevels(Graph graph) => graph.Metadata.ContainsKey(LevelsKey);

    /// <summary>Changes the input; a graph of several inputs, or of codes, stays as it is.</summary>
    public static void Apply(Graph graph)
    {
        var index = graph.Inputs.FindIndex(input => !graph.Initializers.ContainsKey(input.Name));
        if (graph.Inputs.Count(input => !graph.Initializers.ContainsKey(input.Name)) != 1 || ModelImporter.FindQuantized(graph) is not null)
        {
            return;
        }

        var input = graph.Inputs[index];
        if (input.Type == ElementType.UInt8)
        {
            graph.Inputs[index] = input = input with { Type = ElementType.Float };
            foreach (var (name, value) in graph.Values.Where(pair => pair.Value.Type == ElementType.UInt8).ToArray())
            {
                graph.Values[name] = value with { Type = ElementType.Float };
            }

            graph.Metadata[LevelsKey] = "0-255";
            graph.Remarks.Add($"The input '{input.Name}' was of 8-bit levels: it takes the levels 0…255 as 32-bit floats now.");
        }

        if (input.Shape is [var batch, { Value: not 3 } height, var width, { Value: 3 } planes])
        {
            var last = graph.UniqueValue($"{input.Name}.last");
            graph.Rewire(input.Name, last);
            graph.Nodes.Insert(
                0,
                new Node(graph.UniqueNode($"{input.Name}.Transpose"), "Transpose", [input.Name], [last])
                {
                    Attributes = { ["perm"] = new long[] { 0, 2, 3, 1 } },
                });
            graph.Values[last] = input with { Name = last };
            graph.Inputs[index] = input with { Shape = [batch, planes, height, width] };
            graph.Remarks.Add($"The input '{input.Name}' had its planes last: it takes them first now.");
        }
    }
}
