namespace QatPipeline.Graphs.Costs;

/// <summary>What a kernel has to do, in the counts that its time is a sum of.</summary>
/// <param name="Products">
/// Multiplications; in 8-bit convolutions with output channels counted in whole vectors, in 8-bit depthwise ones the vectors of channels
/// under one tap; of a pool, the elements under its windows.
/// </param>
/// <param name="Inputs">Elements read, where a kernel's time depends on them apart from its products.</param>
/// <param name="Outputs">Elements written; of an 8-bit depthwise convolution, vectors of them.</param>
/// <param name="Extra">
/// In 8-bit convolutions taps gathered for positions; in 8-bit depthwise ones channels left over from the last whole vector under one tap.
/// </param>
public readonly record struct KernelWork(double Products, double Inputs, double Outputs, double Extra = 0)
{
    /// <summary>The counts after a one for the start of the kernel, in the order of <see cref="KernelRate"/>.</summary>
    internal double[] ToArray() => [1, Products, Inputs, Outputs, Extra];
}

/// <summary>What a kind of kernel costs on a machine, in nanoseconds.</summary>
/// <param name="Start">Starting the kernel.</param>
/// <param name="Product">One of <see cref="KernelWork.Products"/>.</param>
/// <param name="Input">One of <see cref="KernelWork.Inputs"/>.</param>
/// <param name="Output">One of <see cref="KernelWork.Outputs"/>.</param>
/// <param name="Extra">One of <see cref="KernelWork.Extra"/>.</param>
public sealed record KernelRate(double Start, double Product = 0, double Input = 0, double Output = 0, double Extra = 0)
{
    /// <summary>The estimated time of one run in nanoseconds.</summary>
    public double NanosecondsOf(KernelWork work) =>
        Start + (work.Products * Product) + (work.Inputs * Input) + (work.Outputs * Output) + (work.Extra * Extra);

    /// <summary>The rate of five numbers in the order of <see cref="KernelWork.ToArray"/>.</summary>
    internal static KernelRate Of(ReadOnlySpan<double> rates) => new(rates[0], rates[1], rates[2], rates[3], rates[4]);

    /// <summary>The five numbers in the order of <see cref="KernelWork.ToArray"/>.</summary>
    internal double[] ToArray() => [Start, Product, Input, Output, Extra];

    /// <summary>True where every number can be a time.</summary>
    internal bool IsSound => Array.TrueForAll(ToArray(), rate => double.IsFinite(rate) && rate >= 0);
}
