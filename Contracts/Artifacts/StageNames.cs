namespace QatPipeline.Contracts.Artifacts;

/// <summary>The stages of a run, in order.</summary>
public static class StageNames
{
    /// <summary>Validates and indexes the data sets.</summary>
    public const string Dataset = "dataset";
    /// <summary>Trains the float network; only where the specification has <c>train</c>.</summary>
    public const string TrainFloat = "train-float";
    /// <summary>Collects ranges, quantizes after training and chooses the layers that stay float.</summary>
    public const string Calibrate = "calibrate";
    /// <summary>Quantization-aware training; only where the specification has <c>qat</c>.</summary>
    public const string Qat = "qat";
    /// <summary>Writes and checks the ONNX forms.</summary>
    public const string Optimize = "optimize";
    /// <summary>Builds and times the engines.</summary>
    public const string Build = "build";
    /// <summary>Measures every variant on the validation images.</summary>
    public const string Evaluate = "evaluate";
    /// <summary>Writes the report; its files hold times and hosts, so they are not artifacts.</summary>
    public const string Report = "report";
}
