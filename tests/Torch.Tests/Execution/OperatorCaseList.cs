using QatPipeline.Graphs.Model;

namespace QatPipeline.Torch.Tests.Execution;

/// <summary>Cases by a name that says what they vary: computed inputs are x0, x1 …, constants c0, c1 …</summary>
internal sealed class OperatorCaseList
{
    private readonly Dictionary<string, OperatorCase> _cases = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, OperatorCase> ByName => _cases;

    public void Add(
        string name, string opType, GraphTensor[] inputs, GraphTensor[]? constants = null,
        params (string Name, AttributeValue Value)[] attributes) =>
        AddAt(name, 17, opType, inputs, constants, attributes);

    public void AddAt(
        string name, int opset, string opType, GraphTensor[] inputs,
        GraphTensor[]? constants = null, params (string Name, AttributeValue Value)[] attributes) =>
        AddAt(name, opset, ["y0"], opType, inputs, constants ?? [], attributes);

    public void AddAt(
        string name, int opset, string[] outputs, string opType, GraphTensor[] inputs,
        GraphTensor[] constants, params (string Name, AttributeValue Value)[] attributes) =>
        AddNode(
            name, opType, [.. Names("x", inputs.Length), .. Names("c", constants.Length)], inputs, constants, opset, attributes, outputs.Length);

    public void AddResize(
        string name, GraphTensor image, GraphTensor scales,
        params (string Name, AttributeValue Value)[] attributes) =>
        AddNode(name, "Resize", ["x0", "", "c0"], [image], [scales], 17, attributes);

    /// <summary>A case whose inputs are named one by one, "" for one that is left out.</summary>
    public void AddNode(
        string name, string opType, string[] names, GraphTensor[] inputs, GraphTensor[] constants, int opset,
        (string Name, AttributeValue Value)[] attributes, int outputs = 1)
    {
        var node = new Node("node", opType, names, Names("y", outputs));
        foreach (var (attribute, value) in attributes)
        {
            node.Attributes[attribute] = value;
        }

        _cases.Add(name, new OperatorCase(
            node,
            Names("x", inputs.Length).Zip(inputs).ToDictionary(pair => pair.First, pair => pair.Second),
            Names("c", constants.Length).Zip(constants).ToDictionary(pair => pair.First, pair => pair.Second),
            opset));
    }

    private static IEnumerable<string> Names(string prefix, int count) => Enumerable.Range(0, count).Select(index => $"{prefix}{index}");
}
