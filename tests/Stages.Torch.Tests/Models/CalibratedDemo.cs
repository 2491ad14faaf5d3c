namespace QatPipeline.Stages.Torch.Tests.Models;

/// <summary>The demo's network with every layer quantized that can be.</summary>
public sealed class CalibratedDemo() : CalibratedSample(
    Path.Combine("demo", "run.yaml"),
    (data, count) => new() { Synthetic = data.Synthetic! with { Images = count } },
    images: 8,
    placed: false);
