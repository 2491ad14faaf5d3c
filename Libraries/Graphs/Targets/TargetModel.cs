using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Graphs.Targets;

/// <summary>A network in the form a target reads it: a plain ONNX graph without quantizers, its ranges in Q/DQ nodes.</summary>
/// <param name="Form">The form's name, such as <c>tensorrt-qdq</c>.</param>
/// <param name="Graph">Ready to be written.</param>
/// <param name="Target">Whose form it is; null for the float form, which every runtime takes.</param>
public record TargetModel(string Form, Graph Graph, ITarget? Target)
{
    /// <summary>True where the ranges stand in the graph, so that a lint can look at them.</summary>
    public virtual bool IsExplicit => Target is not null;

    /// <summary>Writes the model and what belongs to it.</summary>
    /// <param name="onnxPath">The ONNX file; what else there is takes its name with another extension.</param>
    /// <returns>The paths of all files written, the ONNX file first.</returns>
    public virtual IReadOnlyList<string> Write(string onnxPath)
    {
        OnnxWriter.Write(Graph, onnxPath);
        return [onnxPath];
    }

    /// <summary>Finds the scale and zero point that a quantized input of a node is deployed with; null where it is not quantized.</summary>
    internal virtual Func<Node, int, (float Scale, int ZeroPoint)?> ActivationLookup() => QdqPairs.LookupIn(Graph);

    /// <summary>The integer weight of a layer of the deployed graph; null where it is not quantized.</summary>
    internal virtual DeployedWeight? WeightOf(Node layer, Quantizer simulated) => DeployedWeight.OfPair(Graph, layer);
}
