using QatPipeline.Graphs.Model;

namespace QatPipeline.Torch.Tests.Execution;

internal sealed record OperatorCase(
    Node Node, IReadOnlyDictionary<string, GraphTensor> Inputs, IReadOnlyDictionary<string, GraphTensor> Constants, int Opset);

/// <summary>Small cases of every supported operator, by a name that says what they vary.</summary>
internal static class OperatorCases
{
    public static IReadOnlyDictionary<string, OperatorCase> All { get; } = Build();

    private static IReadOnlyDictionary<string, OperatorCase> Build()
    {
        var cases = new OperatorCaseList();
        LayerCases.AddTo(cases);
        TensorCases.AddTo(cases);
        return cases.ByName;
    }
}
