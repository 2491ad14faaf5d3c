namespace QatPipeline.Torch.Execution;

/// <summary>A trainable tensor or running statistic of a network, under its name in the graph.</summary>
public sealed record NetworkParameter(string Name, Tensor Value);
