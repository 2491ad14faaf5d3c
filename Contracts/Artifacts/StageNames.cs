namespace QatPipeline.Contracts;

/// <summary>The stages of a run, in order.</summary>
public static class StageNames
{
    public const string Dataset = "dataset";
    public const string TrainFloat = "train-float";
    public const string Calibrate = "calibrate";
    public const string Qat = "qat";
    public const string Optimize = "optimize";
    public const string Build = "build";
    public const string Evaluate = "evaluate";
    public const string Report = "report";
}
