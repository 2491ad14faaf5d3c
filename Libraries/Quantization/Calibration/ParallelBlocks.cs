namespace QatPipeline.Quantization.Calibration;

/// <summary>
/// Reductions over large tensors on all processors. Only for results that do not depend on the order of merging (extremes, integer
/// counts): how the blocks spread over threads differs from run to run.
/// </summary>
internal static class ParallelBlocks
{
    private const int Block = 1 << 17;
    private const int SmallestParallel = 4 * Block;

    /// <summary>
    /// Folds every block of <paramref name="values"/> into a state of its thread, then hands each state to <paramref name="merge"/>.
    /// </summary>
    public static unsafe void Fold<TState>(
        ReadOnlySpan<float> values, Func<TState> create, Func<ReadOnlySpan<float>, TState, TState> fold, Action<TState> merge)
    {
        if (values.Length < SmallestParallel)
        {
            merge(fold(values, create()));
            return;
        }

        var gate = new Lock();
        var length = values.Length;
        fixed (float* pinned = values)
        {
            // A lambda cannot capture a pointer's span; the memory stays pinned until the loop returns.
            var address = (nint)pinned;
            Parallel.For(
                0,
                (length + Block - 1) / Block,
                create,
                (block, _, state) =>
                {
                    var start = block * Block;
                    return fold(new ReadOnlySpan<float>((float*)address + start, Math.Min(Block, length - start)), state);
                },
                state =>
                {
                    lock (gate)
                    {
                        merge(state);
                    }
                });
        }
    }
}
