namespace QatPipeline.Cli.Doctor;

/// <summary>What a look at one part of the machine showed.</summary>
/// <param name="Name">The part.</param>
/// <param name="Works">Whether it can be used.</param>
/// <param name="Detail">Its version or size; what is wrong with it where it does not work.</param>
/// <param name="NeededFor">What does not work without it.</param>
/// <param name="Remedy">How to get it; empty where it works.</param>
internal sealed record Finding(string Name, bool Works, string Detail, string NeededFor, string Remedy = "")
{
    public const string EveryRun = "every run";
    public const string System = "./qat up";
    public const string TensorRt = "TensorRT engines";
    public const string Gpu = "training on a GPU";
    public const string Processes = "training in several processes";

    public static Finding Found(string name, string detail, string neededFor) => new(name, true, detail, neededFor);

    public static Finding Missing(string name, string detail, string neededFor, string remedy) =>
        new(name, false, detail, neededFor, remedy);
}
