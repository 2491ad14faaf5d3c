using QatPipeline.Graphs.Model;
using QatPipeline.Quantization.Analysis;
using QatPipeline.Quantization.Arithmetic;

namespace QatPipeline.Stages.Torch.Tests.Models;

/// <summary>The codes of a model's quantized tensors where each network computes its own from the pictures on.</summary>
internal sealed class FreeRunningCodes
{
    private const string Compared = "_compared";

    private readonly Graph _model;
    private readonly Node[] _quantizers;

    /// <param name="model">In the form for ort-cpu.</param>
    public FreeRunningCodes(Graph model)
    {
        (_model, _quantizers) = (model, [.. model.Nodes.Where(node => node.Is("QuantizeLinear"))]);
        Observed = model.Clone();
        foreach (var node in _quantizers)
        {
            var output = node.Outputs[0] + Compared;
            Observed.Nodes.Add(new Node(output, "DequantizeLinear", [node.Outputs[0], .. node.Inputs[1..]], [output]));
            Observed.Outputs.Add(new ValueInfo(output, ElementType.Float, null));
        }
    }

    /// <summary>The model with the values of all codes as further outputs.</summary>
    public Graph Observed { get; }

    /// <summary><see cref="Observed"/> with the arithmetic of its 8-bit convolutions written out in float operators.</summary>
    public Graph Arithmetic()
    {
        var graph = Observed.Clone();
        Assert.NotEqual(0, KernelArithmetic.Apply(graph));
        return graph;
    }

    /// <summary>The outputs of <see cref="Observed"/> with the values of the codes.</summary>
    public string[] Outputs => [.. _quantizers.Select(node => node.Outputs[0] + Compared)];

    /// <summary>The values that the codes are made from.</summary>
    public string[] Values => [.. _quantizers.Select(node => node.Inputs[0])];

    /// <summary>Fails where a single code differs.</summary>
    public void RequireEqual(IReadOnlyList<float[]> expected, IReadOnlyList<float[]> actual)
    {
        var agreement = Compare(expected, actual);
        Assert.NotEqual(0, agreement.Count);
        Assert.Equal((0, 0), (agreement.Different, agreement.LargestDifference));
    }

    /// <summary>Compares values, before or after their quantizers, in the order of the tensors.</summary>
    public CodeAgreement Compare(IReadOnlyList<float[]> expected, IReadOnlyList<float[]> actual)
    {
        var agreement = new CodeAgreement();
        foreach (var (position, node) in _quantizers.Index())
        {
            agreement.Add(expected[position], actual[position], new QuantizationParameters(
                _model.Initializers[node.Inputs[1]].As<float>()[0],
                _model.Initializers[node.Inputs[2]].As<byte>()[0],
                byte.MinValue,
                byte.MaxValue));
        }

        return agreement;
    }
}
