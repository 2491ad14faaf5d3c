namespace QatPipeline.Architecture.Tests;

/// <summary>Which project may reference which: the layout of the architecture as a table. A library references only what stands above it.</summary>
internal static class AllowedReferences
{
    private static readonly string[] Arithmetic = ["Foundation", "Quantization", "Graphs"];
    private static readonly string[] Vision = [.. Arithmetic, "Coco", "Detectors"];
    private static readonly string[] Runs = ["Contracts", "Foundation", "Runs"];
    private static readonly string[] Stages = [.. Vision, .. Runs, "Synthetic", "Yolov6", "Engines", "Stages"];
    private static readonly string[] Training = ["Torch", "Yolov6.Training", "Stages.Torch"];
    private static readonly string[] Everything = [.. Stages, .. Training, "Messaging", "Reporting", "ServiceDefaults"];

    /// <summary>Our own assemblies, by project.</summary>
    public static IReadOnlyDictionary<string, string[]> Projects { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Contracts"] = [],
        ["ServiceDefaults"] = ["Foundation"],
        ["Foundation"] = [],
        ["Quantization"] = ["Foundation"],
        ["Graphs"] = ["Foundation", "Quantization"],
        ["Coco"] = ["Foundation"],
        ["Detectors"] = ["Foundation", "Coco"],
        ["Synthetic"] = ["Foundation", "Coco"],
        ["Torch"] = Arithmetic,
        ["Yolov6"] = Arithmetic,
        ["Yolov6.Training"] = [.. Vision, "Torch", "Yolov6"],
        ["Engines"] = Arithmetic,
        ["Runs"] = ["Contracts", "Foundation"],
        ["Stages"] = [.. Vision, .. Runs, "Synthetic", "Yolov6", "Engines"],
        ["Stages.Torch"] = [.. Stages, "Torch", "Yolov6.Training"],
        ["Messaging"] = Stages,
        ["Reporting"] = Stages,
        ["AppHost"] = Runs,
        ["Cli"] = Everything,
        ["Gateway"] = [.. Stages, "Messaging", "Reporting", "ServiceDefaults"],
        ["DatasetLoading"] = [.. Stages, "Messaging", "ServiceDefaults"],
        ["OnnxGraphOptimization"] = [.. Stages, "Messaging", "ServiceDefaults"],
        ["TrtEngineBuilding"] = [.. Stages, "Messaging", "ServiceDefaults"],
        ["CocoEvaluation"] = [.. Stages, "Messaging", "ServiceDefaults"],
        ["PtqCalibration"] = [.. Stages, .. Training, "Messaging", "ServiceDefaults"],
        ["QatTraining"] = [.. Stages, .. Training, "Messaging", "ServiceDefaults"],
    };

    /// <summary>Assemblies of packages that only some projects may know, by the beginning of their names.</summary>
    public static IReadOnlyDictionary<string, string[]> Packages { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["TorchSharp"] = ["Torch", "Yolov6.Training", "Stages.Torch"],
        ["Microsoft.ML.OnnxRuntime"] = ["Engines"],
        ["MassTransit"] = ["Messaging"],
        ["Azure.Storage"] = ["Runs"],
    };

    /// <summary>What a project references against the table.</summary>
    public static IEnumerable<string> Violations(OurProject project, IReadOnlyCollection<OurProject> all)
    {
        if (!Projects.TryGetValue(project.Name, out var allowed))
        {
            yield return $"{project.Name} is not in the table of {nameof(AllowedReferences)}: add it where the architecture puts it.";
            yield break;
        }

        foreach (var reference in project.Assembly.References)
        {
            if (all.FirstOrDefault(other => other.AssemblyName == reference) is { } ours)
            {
                if (!allowed.Contains(ours.Name))
                {
                    yield return $"{project.Name} → {ours.Name}";
                }
            }
            else if (Packages.Keys.FirstOrDefault(
                package => reference == package || reference.StartsWith($"{package}.", StringComparison.Ordinal)) is { } package
                && !Packages[package].Contains(project.Name))
            {
                yield return $"{project.Name} → {package}";
            }
        }
    }
}
