namespace QatPipeline.Torch.Operators;

/// <summary>Operators that permute elements.</summary>
internal static class LayoutOperators
{
    public static void Register(Action<string, Func<OperatorCall, Tensor>> add)
    {
        add("Transpose", Transpose);
        add("DepthToSpace", DepthToSpace);
        add("SpaceToDepth", SpaceToDepth);
    }

    private static Tensor Transpose(OperatorCall call)
    {
        var input = call.Input(0);
        var order = call.Node.Ints("perm")?.ToArray() ?? [.. Enumerable.Range(0, (int)input.dim()).Reverse().Select(axis => (long)axis)];
        return input.permute(order);
    }

    // DCR splits the channels into [b,b,C'], CRD into [C',b,b]; both then interleave the blocks with rows and columns.
    private static Tensor DepthToSpace(OperatorCall call)
    {
        var input = call.Input(0);
        var block = call.Node.Int("blocksize", 2);
        var (batch, channels, height, width) = (input.shape[0], input.shape[1] / (block * block), input.shape[2], input.shape[3]);
        var interleaved = call.Node.String("mode", "DCR") == "DCR"
            ? input.reshape(batch, block, block, channels, height, width).permute(0, 3, 4, 1, 5, 2)
            : input.reshape(batch, channels, block, block, height, width).permute(0, 1, 4, 2, 5, 3);
        return interleaved.reshape(batch, channels, height * block, width * block);
    }

    private static Tensor SpaceToDepth(OperatorCall call)
    {
        var input = call.Input(0);
        var block = call.Node.Int("blocksize", 2);
        var (batch, channels, height, width) = (input.shape[0], input.shape[1], input.shape[2] / block, input.shape[3] / block);
        return input.reshape(batch, channels, height, block, width, block)
            .permute(0, 3, 5, 1, 2, 4)
            .reshape(batch, channels * block * block, height, width);
    }
}
