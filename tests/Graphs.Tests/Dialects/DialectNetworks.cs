using QatPipeline.Graphs.Dialects;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Placement;
using QatPipeline.Graphs.Tests.Placement;
using QatPipeline.Graphs.Tests.Support;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Quantization.Calibration;

namespace QatPipeline.Graphs.Tests.Dialects;

/// <summary>Small calibrated networks for the dialects.</summary>
internal static class DialectNetworks
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
        var graph = Calibrated(ConvReluChain(layers), QuantizationTarget.TensorRt);
        foreach (var relu in graph.Nodes.Where(node => node.OpType == "Relu"))
        {
            var quantizer = new Quantizer($"{relu.Name}._input_quantizer", QuantizationScheme.SignedSymmetric)
            {
                Ranges = [QuantizationRange.FromAmax(2)],
            };
            quantizer.Uses.Add(new QuantizerUse(relu.Name, 0));
            graph.Quantizers.Add(quantizer);
        }

        return DialectWriter.Build(graph, Dialect.TensorRtQdq).Graph;
    }

    public static Graph Calibrated(Graph graph, QuantizationTarget target)
    {
        QuantizerPlacement.Place(graph, new PlacementOptions { Target = target });
        return MinMaxCalibration.Calibrate(graph, RandomTensors.InputsOf(graph, seed: 3));
    }
}
