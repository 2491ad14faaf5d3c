using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Targets;
using QatPipeline.Graphs.Tests.Quantizers;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Graphs.Tests.Targets;

/// <summary>Small calibrated networks for the targets.</summary>
internal static class TargetNetworks
{
    /// <summary>Convolutions with bias and Relu, without batch normalization.</summary>
    public static Graph ConvReluChain(int layers)
    {
        var net = new GraphSketch(8, 16);
        var x = net.Input;
        for (var layer = 0; layer < layers; layer++)
        {
            x = net.Relu($"act{layer}", net.Conv($"conv{layer}", x, 8, 8, 3, bias: true));
        }

        return net.Finish(x);
    }

    /// <summary>A chain as many tools quantize it: symmetric pairs before every convolution and before every Relu.</summary>
    public static Graph WithPairsAroundRelu(int layers)
    {
        var graph = Calibrated(ConvReluChain(layers), TargetRegistry.TensorRt);
        foreach (var relu in graph.Nodes.Where(node => node.OpType == "Relu"))
        {
            var quantizer = new Quantizer($"{relu.Name}._input_quantizer", QuantizationScheme.SignedSymmetric)
            {
                Ranges = [QuantizationRange.FromAmax(2)],
            };
            quantizer.Uses.Add(new QuantizerUse(relu.Name, 0));
            graph.Quantizers.Add(quantizer);
        }

        return TargetRegistry.Build(graph, "tensorrt-qdq").Graph;
    }

    public static Graph Calibrated(Graph graph, ITarget target)
    {
        target.Place(graph);
        return MinMaxCalibration.Calibrate(graph, RandomTensors.InputsOf(graph, seed: 3));
    }
}
