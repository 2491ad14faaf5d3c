using QatPipeline.Graphs.Importing;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Stages.Evaluation;

/// <summary>An ONNX file that takes pictures as this project feeds them: floats, planes first.</summary>
/// <param name="File">The file itself, or a copy with another input.</param>
/// <param name="Graph">What is in it.</param>
public sealed record PictureModel(string File, Graph Graph)
{
    /// <summary>Whether the network's own input is of 8-bit levels.</summary>
    public bool TakesLevels => PictureInput.TakesLevels(Graph);

    /// <summary>
    /// Changes the input where it has to be. A file that takes floats stays as it is: it may be too large to be written once more, or
    /// hold what cannot be quantized but runs.
    /// </summary>
    /// <param name="path">The model's file.</param>
    /// <param name="graph">What is in it; not changed.</param>
    /// <param name="folder">Where a copy is written.</param>
    /// <exception cref="GraphException">The model cannot be read as a network.</exception>
    public static PictureModel Of(string path, Graph graph, string folder)
    {
        var taken = graph.Clone();
        if (taken.Inputs.Exists(input => input.Type != ElementType.Float))
        {
            ModelImporter.Apply(taken);
        }

        PictureInput.Apply(taken);
        if (taken.Inputs.Select(input => $"{input}").SequenceEqual(graph.Inputs.Select(input => $"{input}")))
        {
            return new(path, taken);
        }

        var file = Path.Combine(folder, "model.onnx");
        OnnxWriter.Write(taken, file);
        return new(file, taken);
    }
}
