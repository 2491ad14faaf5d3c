namespace QatPipeline.Graphs.Tests;

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

    public static Graph Calibrated(Graph graph, QuantizationTarget target)
    {
        QuantizerPlacement.Place(graph, new PlacementOptions { Target = target });
        return MinMaxCalibration.Calibrate(graph, RandomTensors.InputsOf(graph, seed: 3));
    }
}
