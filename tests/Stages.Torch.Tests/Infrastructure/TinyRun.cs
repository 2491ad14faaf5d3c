using QatPipeline.Contracts.Specification;

namespace QatPipeline.Stages.Torch.Tests.Infrastructure;

/// <summary>A YOLOv6 and generated data so small that a stage takes about a second.</summary>
internal static class TinyRun
{
    public static RunSpecification Specification { get; } = new()
    {
        Name = "tiny",
        Seed = 3,
        Model = new ModelSpecification { InputSize = 64, Yolov6 = new Yolov6Specification { Variant = "n", Width = 0.0625, Depth = 0.05 } },
        Data = new DataSpecification { Calibration = [Generated(2, 1)], Training = [Generated(6, 1)], Validation = [Generated(2, 2)] },
        Calibration = new CalibrationSpecification { Batch = 2, Methods = ["max"], Method = "max", BiasCorrection = false },
        Partial = new PartialSpecification { Enabled = false, AnalysisImages = 1 },
        Qat = new QatSpecification { Epochs = 2, Batch = 2 },
    };

    private static DatasetSpecification Generated(int images, int seed) =>
        new() { Synthetic = new SyntheticSpecification { Images = images, Seed = seed, Size = 64 } };
}
