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
/// Compares the engine of a Q/DQ model with the model run by ONNX Runtime as it is written: integer kernels against quantizers simulated
/// in float, every quantized tensor by its codes. The simulation computes each tensor from the codes that the engine has for those before
/// it, so that a difference shows where it arises: left to itself, a network can turn one code that a float layer's rounding moved into
/// thousands, whatever its kernels do.
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
    public static Task<IReadOnlyList<TensorAgreement>> CompareAsync(
        Graph model, OrtCpuOptions options, ReadOnlyMemory<float> images, int batch, CancellationToken cancellationToken) =>
        CompareAsync(model, new OrtCpuBackend(options with { OptimizeGraph = true }), options, images, batch, cancellationToken);

    /// <inheritdoc cref="CompareAsync(Graph, OrtCpuOptions, ReadOnlyMemory{float}, int, CancellationToken)"/>
    /// <param name="model">A model in the ort-cpu form; it is not changed.</param>
    /// <param name="engines">Builds the engine.</param>
    /// <param name="options">Threads of the simulation.</param>
    /// <param name="images">The input [batch,3,H,W].</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<IReadOnlyList<TensorAgreement>> CompareAsync(
        Graph model,
        IEngineBackend engines,
        OrtCpuOptions options,
        ReadOnlyMemory<float> images,
        int batch,
        CancellationToken cancellationToken)
    {
        var quantizers = QuantizersOf(model);
        if (quantizers.Count == 0)
        {
            return [];
        }

        string[] names = [.. quantizers.Select(quantizer => quantizer.Outputs[0] + Suffix)];
        var agreements = quantizers.Select(_ => new CodeAgreement()).ToArray();
        var folder = Directory.CreateTempSubdirectory("qat-agreement-");
        try
        {
            var path = Path.Combine(folder.FullName, "compared.onnx");
            OnnxWriter.Write(WithOutputs(model), path);
            var simulations = new OrtCpuBackend(options);
            var built = await engines
                .BuildAsync(
                    new EngineBuildRequest
                    {
                        OnnxPath = path,
                        OutputFolder = folder.FullName,
                        Name = "engine",
                        Precision = EnginePrecision.Int8,
                        Batches = [batch],
                        Timing = TimingOptions.Untimed,
                    },
                    cancellationToken)
                .ConfigureAwait(false);
            using var engine = engines.Load(built.Engines[0].Path);
            var step = engine.Input.FixedBatch ?? batch;
            var length = images.Length / batch * step;
            for (var start = 0; start < images.Length; start += length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var part = images.Slice(start, length);
                var actual = engine.Run(part, step, names);
                OnnxWriter.Write(WithOutputs(model, actual), path);
                using var simulation = simulations.Load(path);
                var expected = simulation.Run(part, step, names);
                foreach (var (index, quantizer) in quantizers.Index())
                {
                    agreements[index].Add(expected[index].Values, actual[index].Values, ParametersOf(model, quantizer));
                }
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return [.. quantizers.Zip(agreements, (quantizer, agreement) => Describe(model, quantizer, agreement))];
    }

    private static IReadOnlyList<Node> QuantizersOf(Graph model) =>
    [
        .. model.Nodes.Where(node => node.Is("QuantizeLinear")
            && !model.Initializers.ContainsKey(node.Inputs[0])
            && model.Initializers.TryGetValue(node.Inputs[1], out var scale) && scale.Length == 1),
    ];

    /// <summary>The model with the real values of all quantized tensors as further outputs; what fuses in the model still does.</summary>
    /// <param name="model">Not changed.</param>
    /// <param name="known">Values that all readers of the tensors get in place of what is computed; null for the latter.</param>
    internal static Graph WithOutputs(Graph model, IReadOnlyList<EngineOutput>? known = null)
    {
        var result = model.Clone();
        foreach (var (index, quantizer) in QuantizersOf(result).Index())
        {
            var codes = quantizer.Outputs[0];
            var output = codes + Suffix;
            if (known is not null)
            {
                quantizer.Outputs[0] += "_computed";
                result.Values.Remove(codes);
                result.Initializers.Add(codes, CodesOf(known[index], ParametersOf(model, quantizer)));
            }

            result.Nodes.Add(new Node(output, "DequantizeLinear", [quantizer.Outputs[0], .. quantizer.Inputs.Skip(1)], [output]));
            result.Outputs.Add(new ValueInfo(output, ElementType.Float, null));
        }

        return result;
    }

    private static Tensor CodesOf(EngineOutput values, QuantizationParameters parameters)
    {
        long[] shape = [.. values.Shape];
        return parameters.QMin < 0
            ? Tensor.From<sbyte>(shape, Array.ConvertAll(values.Values, value => (sbyte)parameters.Quantize(value)))
            : Tensor.From<byte>(shape, Array.ConvertAll(values.Values, value => (byte)parameters.Quantize(value)));
    }

    private static TensorAgreement Describe(Graph model, Node quantizer, CodeAgreement agreement) => new(
        quantizer.Outputs[0],
        model.Nodes.Find(node => node.Outputs.Contains(quantizer.Inputs[0]))?.Name ?? quantizer.Inputs[0],
        agreement.Count,
        agreement.DifferentShare,
        (double)agreement.DifferentByMoreThanOne / agreement.Count,
        agreement.LargestDifference);

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
