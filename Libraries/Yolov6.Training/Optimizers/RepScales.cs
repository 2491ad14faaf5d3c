using QatPipeline.Yolov6.Checkpoints;

namespace QatPipeline.Yolov6.Training.Optimizers;

/// <summary>The learned branch scales of one block, one value an output channel.</summary>
/// <param name="Block">Name of the block in the hyper-search network.</param>
/// <param name="Dense">s3: of the 3×3 branch.</param>
/// <param name="Pointwise">s1: of the 1×1 branch.</param>
/// <param name="Identity">sI: of the identity branch, or null where the block has none.</param>
public sealed record RepScale(string Block, float[] Dense, float[] Pointwise, float[]? Identity);

/// <summary>What the hyper-search stage learns for RepOptimizer: the scales of all blocks in registration order (reference 3.2).</summary>
public sealed class RepScales(IReadOnlyList<RepScale> blocks)
{
    private const string DenseSuffix = ".scale_conv.weight";
    private const string PointwiseSuffix = ".scale_1x1.weight";
    private const string IdentitySuffix = ".scale_identity.weight";

    /// <summary>In registration order, by which they are paired with the 3×3 convolutions of the plain network.</summary>
    public IReadOnlyList<RepScale> Blocks { get; } = blocks;

    /// <summary>Takes the scales out of the state of a hyper-search network: a whole checkpoint, or a file with the scales only.</summary>
    /// <param name="state">In registration order.</param>
    /// <exception cref="CheckpointException">It holds no scales, or a block misses one.</exception>
    public static RepScales From(StateDict state)
    {
        var blocks = state.Names
            .Where(name => name.EndsWith(DenseSuffix, StringComparison.Ordinal))
            .Select(name => name[..^DenseSuffix.Length])
            .Select(block => new RepScale(
                block,
                state[block + DenseSuffix].Data,
                state.TryGet(block + PointwiseSuffix, out var pointwise)
                    ? pointwise.Data
                    : throw new CheckpointException(
                        $"The scale file has {block}{DenseSuffix} and no {block}{PointwiseSuffix}. "
                        + "Use the checkpoint of a hyper-search run."),
                state.TryGet(block + IdentitySuffix, out var identity) ? identity.Data : null))
            .ToList();
        return blocks.Count > 0
            ? new RepScales(blocks)
            : throw new CheckpointException("The scale file has no *.scale_conv.weight entries. Use the checkpoint of a hyper-search run.");
    }

    /// <summary>Only the scales: a file of a few kilobytes.</summary>
    public StateDict ToState()
    {
        var state = new StateDict();
        foreach (var block in Blocks)
        {
            Add(block.Block + DenseSuffix, block.Dense);
            Add(block.Block + PointwiseSuffix, block.Pointwise);
            if (block.Identity is { } identity)
            {
                Add(block.Block + IdentitySuffix, identity);
            }
        }

        return state;

        void Add(string name, float[] values) => state.Set(name, [values.Length], values);
    }
}
