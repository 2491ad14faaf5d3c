namespace QatPipeline.Graphs.Passes;

/// <summary>
/// Where an operator on 8-bit codes (QLinearConv and its kind) has its inputs: each data input is followed by its scale and zero point.
/// </summary>
/// <param name="Operator">The operator on floats.</param>
/// <param name="Data">Positions of the data inputs that are codes, in the order the float operator reads them.</param>
/// <param name="OutputScale">Position of the output's scale, which its zero point follows.</param>
internal sealed record QOperatorForm(string Operator, int[] Data, int OutputScale)
{
    private static readonly int[] Single = [0], Pair = [0, 3];

    private static readonly Dictionary<string, QOperatorForm> Forms = new(StringComparer.Ordinal)
    {
        ["QLinearConv"] = new("Conv", Pair, 6) { Bias = 8 },
        ["QLinearMatMul"] = new("MatMul", Pair, 6),
        ["QGemm"] = new("Gemm", Pair, 7) { Bias = 6 },
        ["QLinearAdd"] = new("Add", Pair, 6),
        ["QLinearMul"] = new("Mul", Pair, 6),
        ["QLinearSigmoid"] = new("Sigmoid", Single, 3),
        ["QLinearLeakyRelu"] = new("LeakyRelu", Single, 3),
        ["QLinearSoftmax"] = new("Softmax", Single, 3),
        ["QLinearAveragePool"] = new("AveragePool", Single, 3),
        ["QLinearGlobalAveragePool"] = new("GlobalAveragePool", Single, 3),
        ["QLinearReduceMean"] = new("ReduceMean", Single, 3),
        ["QLinearWhere"] = new("Where", [1, 4], 7) { Leading = 1 },
    };

    /// <summary>Position of an int32 bias, whose scale is the product of those of both data inputs.</summary>
    public int? Bias { get; init; }

    /// <summary>How many inputs before the data are passed on as they are.</summary>
    public int Leading { get; init; }

    /// <summary>True for an operator on codes, be it known here or not.</summary>
    public static bool IsQOperator(Node node) =>
        node.Domain is "" or "com.microsoft"
        && (node.OpType.StartsWith("QLinear", StringComparison.Ordinal) || node.OpType == "QGemm");

    /// <summary>The form of a node; null where it is no such operator, or not known.</summary>
    public static QOperatorForm? Of(Node node) =>
        !IsQOperator(node) ? null
        : node.OpType == "QLinearConcat"
            ? new("Concat", [.. Enumerable.Range(0, Math.Max(0, (node.Inputs.Count - 2) / 3)).Select(index => 2 + (3 * index))], 0)
        : Forms.GetValueOrDefault(node.OpType);

    /// <summary>Positions of all scales that the node has.</summary>
    public IEnumerable<int> ScaleInputs(Node node) =>
        Data.Select(data => data + 1).Append(OutputScale).Where(input => node.Input(input) is not null);
}
