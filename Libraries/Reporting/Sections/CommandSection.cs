using QatPipeline.Contracts.Artifacts;
using QatPipeline.Runs;
using QatPipeline.Stages;

namespace QatPipeline.Reporting.Sections;

/// <summary>The commands that make each artifact again, run in the folder of the run's files.</summary>
internal static class CommandSection
{
    public static HtmlText Render(ReportContent content)
    {
        var graph = OptimizeStage.QuantizedGraph(content.Specification);
        var commands = Commands(content, graph).Where(item => content.Artifact(item.Needs) is not null).ToArray();
        return HtmlText.Of(
            $"""
            <p>In the folder with the run's files; <code>qat</code> is the script of that name at the root of the repository. The first
            command makes all of them: save the specification above as <code>run.json</code>.</p>
            {commands.Select(item => HtmlText.Of($"<h3>{item.Makes}</h3><pre tabindex=\"0\">{item.Line}</pre>\n"))}
            """);
    }

    private static IEnumerable<(string Makes, string Needs, string Line)> Commands(ReportContent content, string graph)
    {
        yield return ("Everything", ArtifactNames.EvaluationReport, "qat run run.json --out results");
        foreach (var summary in content.Report.Stages.Where(summary => summary.Outputs.Count > 0))
        {
            if (StageTable.Standard.VerbThrough(summary.Stage, content.Specification) is { } verb)
            {
                yield return (
                    string.Join(", ", summary.Outputs.Select(output => output.Name)),
                    summary.Outputs[0].Name,
                    $"qat {verb.Name} run.json --out results");
            }
        }

        yield return (ArtifactNames.OrtCpuForm, graph, $"qat optimize {graph} --target ort-cpu -o {ArtifactNames.OrtCpuForm}");
        yield return (
            ArtifactNames.TensorRtQdqForm,
            graph,
            $"qat optimize {graph} --target tensorrt-qdq -o {ArtifactNames.TensorRtQdqForm}");
        yield return (
            $"{ArtifactNames.TensorRtImplicitForm} and {ArtifactNames.CalibrationCache}",
            graph,
            $"qat optimize {graph} --target tensorrt-implicit -o {ArtifactNames.TensorRtImplicitForm}");
        yield return (
            ArtifactNames.FloatEngine,
            ArtifactNames.FloatForm,
            $"qat build-engine {ArtifactNames.FloatForm} --target ort-cpu --precision fp32 -o engines{Threads(content)}");
        yield return (
            ArtifactNames.Int8Engine,
            ArtifactNames.OrtCpuForm,
            $"qat build-engine {ArtifactNames.OrtCpuForm} --target ort-cpu --precision int8 -o engines{Threads(content)}");
        foreach (var command in TensorRtCommands(content))
        {
            yield return command;
        }

        yield return (
            "Speed",
            ArtifactNames.OrtCpuForm,
            $"qat bench {ArtifactNames.OrtCpuForm} --batch {string.Join(',', content.Specification.Build.Batches)}{Threads(content)}");
        var engine = ReportContent.Engine(content.Report, ReportContent.Int8)?.Variant ?? "";
        var detections = TensorRtEngineName.Parse(engine)?.Detections ?? ArtifactNames.Int8EngineDetections;
        yield return (
            "AP and its interval",
            detections,
            $"qat coco-eval --annotations {ArtifactNames.ValidationAnnotations} --detections {detections} "
            + $"--compare {ArtifactNames.FloatDetections} "
            + $"--replicates {content.Specification.Evaluation.BootstrapReplicates} --seed {content.Specification.Seed}");
    }

    private static IEnumerable<(string Makes, string Needs, string Line)> TensorRtCommands(ReportContent content)
    {
        if (content.Report.TensorRt is not { } build)
        {
            yield break;
        }

        foreach (var engine in build.Engines.Where(engine => engine.Command is not null))
        {
            yield return ($"{engine.File}, from {Source(engine)}", engine.File, engine.Command!);
        }

        yield return (
            "TensorRT engines and their figures, on a machine that has it; then, here",
            ArtifactNames.TensorRtDelivery,
            $"tar xf {ArtifactNames.TensorRtDelivery} && tensorrt-delivery/build.sh\n"
            + "qat import-results . tensorrt-delivery/results.json");

        string Source(TensorRtEngineFile engine) =>
            content.Artifacts.FirstOrDefault(artifact => engine.Models.Contains(artifact.Sha256))?.Name ?? "a model of another run";
    }

    private static string Threads(ReportContent content) =>
        content.Specification.Build.Threads is > 0 and var threads ? $" --threads {threads}" : "";
}
