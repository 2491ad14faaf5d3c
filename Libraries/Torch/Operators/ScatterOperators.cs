namespace QatPipeline.Torch.Operators;

/// <summary>Operators that write updates into a copy of a tensor.</summary>
internal static class ScatterOperators
{
    public static void Register(Action<string, Func<OperatorCall, Tensor>> add)
    {
        add("ScatterElements", ScatterElements);
        add("Scatter", ScatterElements);
        add("ScatterND", ScatterND);
    }

    private static Tensor ScatterElements(OperatorCall call)
    {
        var axis = call.Node.Int("axis", 0);
        var (data, updates) = (call.Input(0), call.Input(2));
        var indices = SelectionOperators.Indices(call, data, data.shape[axis < 0 ? axis + data.dim() : axis]);
        return Reduction(call) == "add" ? data.scatter_add(axis, indices, updates) : data.scatter(axis, indices, updates);
    }

    private static Tensor ScatterND(OperatorCall call)
    {
        var data = call.Input(0);
        var (positions, flat) = SelectionOperators.Flatten(call, data, batchAxes: 0);
        var (rows, updates) = (data.reshape(flat), call.Input(2).reshape([-1, .. flat[1..]]));
        var result = Reduction(call) == "add"
            ? rows.index_add(0, positions.reshape(-1), updates, 1)
            : rows.index_copy(0, positions.reshape(-1), updates);
        return result.reshape(data.shape);
    }

    private static string Reduction(OperatorCall call) => call.Node.String("reduction", "none") switch
    {
        "none" => "none",
        "add" => "add",
        var other => throw call.Unsupported($"reduction {other}"),
    };
}
