namespace QatPipeline.Torch.Normalization;

/// <summary>A batch normalization in training whose batch is shared by several ranks, for one forward and one backward pass.</summary>
internal interface ISharedNorm
{
    /// <param name="input">[N,C,…], contiguous.</param>
    /// <param name="weight">γ [C].</param>
    /// <param name="bias">β [C].</param>
    Tensor Forward(Tensor input, Tensor weight, Tensor bias);

    /// <summary>The gradients of input, weight and bias; the latter two of this rank's share.</summary>
    /// <param name="gradient">Of the output, contiguous.</param>
    /// <param name="input">What was normalized.</param>
    /// <param name="weight">γ [C].</param>
    (Tensor Input, Tensor Weight, Tensor Bias) Backward(Tensor gradient, Tensor input, Tensor weight);
}
