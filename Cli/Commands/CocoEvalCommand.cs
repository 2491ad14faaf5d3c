using System.Globalization;
using QatPipeline.Cli.Output;
using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat coco-eval</c>: the COCO figures of a detection file, and the interval of the difference to another.</summary>
internal static class CocoEvalCommand
{
    public static Command Create()
    {
        var annotations = new Option<string>("--annotations")
        {
            Description = "COCO ground truth (JSON, may be gzip)",
            Required = true,
            HelpName = "GT.json",
        };
        var detections = new Option<string>("--detections")
        {
            Description = "COCO results (JSON, may be gzip)",
            Required = true,
            HelpName = "DT.json",
        };
        var compare = new Option<string?>("--compare")
        {
            Description = "A second result file: prints the AP difference with its 95 % interval",
            HelpName = "DT2.json",
        };
        var replicates = new Option<int>("--replicates") { Description = "Resamples of the interval", DefaultValueFactory = _ => 1000 };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the resampling", DefaultValueFactory = _ => 0 };
        var json = JsonOutput.CreateOption();
        var command = new Command(
            "coco-eval",
            """
            Evaluate detections as pycocotools does, to the last bit.

            Example: qat coco-eval --annotations instances_val2017.json --detections int8.json --compare float.json
            """) { annotations, detections, compare, replicates, seed, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var truth = CocoDataset.Read(parsed.GetRequiredValue(annotations), "");
            await DatasetRemarks.WriteAsync(truth);
            var evaluation = CocoEvaluator.Evaluate(truth, DetectionFile.Read(parsed.GetRequiredValue(detections), truth));
            var difference = parsed.GetValue(compare) is { } other
                ? PairedBootstrap.Compare(
                    CocoEvaluator.Evaluate(truth, DetectionFile.Read(other, truth)),
                    evaluation,
                    parsed.GetRequiredValue(replicates),
                    parsed.GetRequiredValue(seed))
                : null;
            await JsonOutput.WriteAsync(
                parsed, json, CocoFigures.Of(evaluation, difference), () => Print(evaluation.Metrics, difference), cancellationToken);
        });
        return command;
    }

    private static void Print(CocoMetrics metrics, ApDifference? difference)
    {
        CocoFigures.Print(metrics);
        if (difference is not null)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $" AP {difference.Second:0.0000} - {difference.First:0.0000} = {difference.Difference:+0.0000;-0.0000;0.0000}, "
                + $"95 % interval [{difference.Low:+0.0000;-0.0000;0.0000}, {difference.High:+0.0000;-0.0000;0.0000}] "
                + $"from {difference.Replicates} resamples"));
        }
    }
}
