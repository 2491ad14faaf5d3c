using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Quantization.Analysis;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Engines.OnnxRuntime;

/// <summary>How the codes of one tensor agree between an engine and the simulation it was built from.</summary>
/// <param name="Tensor">The quantized tensor.</param>
/// <param name="Producer">The node that computes it.</param>
/// <param name="Values">Codes compared.</param>
/// <param name="DifferentShare">Share of codes that differ.</param>
/// <param name="FurtherShare">Share of codes that differ by more than one.</param>
/// <param name="LargestDifference">Largest difference in codes.</param>
public sealed record TensorAgreement(
    string Tensor, string Producer, long Values, double DifferentShare, double FurtherShare, int LargestDifference);

/// <summary>
/// Compares the ONNX Runtime engine of a Q/DQ model with the model run as it is written: integer kernels against quantizers simulated in
/// float, every quantized tensor by its codes. Differences add up from the input to the outputs, as they do in use.
/// </summary>
public static class OrtTensorAgreement
{
    private const string Suffix = "_compared";

    /// <summary>Runs both and compares every activation that the model quantizes per tensor.</summary>
    /// <param name="model">A model in the ort-cpu form; it is not changed.</param>
    /// <param name="options">Threads of the engine.</param>
    /// <param name="images">The input [batch,3,H,W].</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The tensors in order of execution; none where nothing is quantized.</returns>
    /// <exception cref="EngineException">The model cannot be built or run.</exception>
    public static async Task<IReadOnlyList<TensorAgreement>> CompareAsync(
        Graph model, OrtCpuOptions options, ReadOnlyMemory<float> images, int batch, CancellationToken cancellationToken)
    {
        var quantizers = QuantizersOf(model);
        if (quantizers.Count == 0)
        {
            return [];
        }

        var folder = Directory.CreateTempSubdirectory("qat-agreement-");
        try
        {
            var path = Path.Combine(folder.FullName, "compared.onnx");
            OnnxWriter.Write(WithOutputs(model), path);
            var expected = await RunAsync(path, "simulated", options with { OptimizeGraph = false }).ConfigureAwait(false);
            var actual = await RunAsync(path, "engine", options with { OptimizeGraph = true }).ConfigureAwait(false);
            return [.. quantizers.Select((quantizer, index) => Compare(model, quantizer, expected[index].Values, actual[index].Values))];
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        async Task<IReadOnlyList<EngineOutput>> RunAsync(string path, string name, OrtCpuOptions engineOptions)
        {
            var backend = new OrtCpuBackend(engineOptions);
            var built = await backend
                .BuildAsync(
                    new EngineBuildRequest
                    {
                        OnnxPath = path,
                        OutputFolder = folder.FullName,
                        Name = name,
                        Precision = EnginePrecision.Int8,
                    },
                    cancellationToken)
                .ConfigureAwait(false);
            using var engine = backend.Load(built.Engines[0].Path);
            return engine.Run(images, batch, [.. quantizers.Select(quantizer => quantizer.Outputs[0] + Suffix)]);
        }
    }

    private static IReadOnlyList<Node> QuantizersOf(Graph model) =>
    [
        .. model.Nodes.Where(node => node.Is("QuantizeLinear")
            && !model.Initializers.ContainsKey(node.Inputs[0])
            && model.Initializers.TryGetValue(node.Inputs[1], out var scale) && scale.Length == 1),
    ];

    /// <summary>The model with the real values of all quantized tensors as further outputs; what fuses in the model still does.</summary>
    internal static Graph WithOutputs(Graph model)
    {
        var result = model.Clone();
        foreach (var quantizer in QuantizersOf(model))
        {
            var output = quantizer.Outputs[0] + Suffix;
            result.Nodes.Add(new Node(output, "DequantizeLinear", [quantizer.Outputs[0], .. quantizer.Inputs.Skip(1)], [output]));
            result.Outputs.Add(new ValueInfo(output, ElementType.Float, null));
        }

        return result;
    }

    private static TensorAgreement Compare(Graph model, Node quantizer, float[] expected, float[] actual)
    {
        var agreement = new CodeAgreement();
        agreement.Add(expected, actual, ParametersOf(model, quantizer));
        return new TensorAgreement(
            quantizer.Outputs[0],
            model.Nodes.Find(node => node.Outputs.Contains(quantizer.Inputs[0]))?.Name ?? quantizer.Inputs[0],
            agreement.Count,
            agreement.DifferentShare,
            (double)agreement.DifferentByMoreThanOne / agreement.Count,
            agreement.LargestDifference);
    }

    private static QuantizationParameters ParametersOf(Graph model, Node quantizer)
    {
        var scale = model.Initializers[quantizer.Inputs[1]].As<float>()[0];
        if (quantizer.Inputs.Count < 3)
        {
            return new QuantizationParameters(scale, 0, byte.MinValue, byte.MaxValue);
        }

        var zero = model.Initializers[quantizer.Inputs[2]];
        return zero.Type == ElementType.Int8
            ? new QuantizationParameters(scale, zero.As<sbyte>()[0], sbyte.MinValue, sbyte.MaxValue)
            : new QuantizationParameters(scale, zero.As<byte>()[0], byte.MinValue, byte.MaxValue);
    }
}
