using QatPipeline.Cli.Output;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Contracts.Specification;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Tracking;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Evaluation;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat evaluate</c>: AP of an ONNX detector or engine on a data set, by a named protocol.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var model = CommandArguments.Model();
        var annotations = new Option<string>("--annotations") { Description = "COCO ground truth", Required = true, HelpName = "GT.json" };
        var images = new Option<string>("--images") { Description = "Folder of the pictures", Required = true, HelpName = "DIR" };
        var protocol = new Option<string>("--protocol") { Description = "E1, E2 or E3", DefaultValueFactory = _ => "E2" };
        protocol.AcceptOnlyFromAmong("E1", "E2", "E3");
        var inputSize = new Option<int>("--input-size") { Description = "Side of the input in pixels; 0 takes the model's own" };
        var detections = new Option<string?>("--detections") { Description = "Also write the detections", HelpName = "DT.json" };
        var json = JsonOutput.CreateOption();
        var command = new Command(
            "evaluate",
            """
            Run a detector over images and print its COCO figures; the protocol is part of the figure.

            Example: qat evaluate engine-int8.onnx --annotations val.json --images pictures/val
            """) { model, annotations, images, protocol, inputSize, detections, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var dataset = new DatasetSpecification
            {
                Annotations = parsed.GetRequiredValue(annotations),
                Images = parsed.GetRequiredValue(images),
            };
            var specification = new RunSpecification
            {
                Name = "evaluate",
                Model = new ModelSpecification { Onnx = parsed.GetRequiredValue(model), InputSize = parsed.GetValue(inputSize) },
                Data = new DataSpecification { Validation = [dataset] },
                Evaluation = new EvaluationSpecification { Protocol = parsed.GetRequiredValue(protocol) },
            };
            var evaluation = await EvaluateAsync(specification, parsed.GetValue(detections), cancellationToken);
            var figures = CocoFigures.Of(evaluation);
            await JsonOutput.WriteAsync(parsed, json, figures, () => CocoFigures.Print(evaluation.Metrics), cancellationToken);
        });
        return command;
    }

    private static async Task<CocoEvaluation> EvaluateAsync(
        RunSpecification specification, string? detectionFile, CancellationToken cancellationToken)
    {
        var truth = DatasetLocator.Open(specification, DatasetSplit.Validation)[0];
        IndexedImage[] images =
            [.. truth.Images.Select(image => new IndexedImage(0, image.Id, image.FileName, image.Width, image.Height, ""))];
        var index = new DatasetIndex
        {
            Categories = truth.Categories,
            Calibration = [],
            Training = [],
            Validation = images,
            Skipped = [],
        };
        var model = specification.Model.Onnx!;
        var run = new DetectionRun(new LocalImageSource(), specification, index, ImageInput.SizeOf(OnnxReader.Read(model), specification));
        using var display = new ProgressDisplay();
        var progress = new Progress<StageProgress>(value => display.Report(new StageStatus(
            "evaluate", StageState.Running, value.Activity, value.Done, value.Total, new Dictionary<string, double>())));
        using var detector = new EngineDetector(new OrtCpuBackend(new OrtCpuOptions()).Load(model));
        var detections = await run.DetectAsync(detector, DatasetSplit.Validation, images, "detecting", progress, cancellationToken);
        if (detectionFile is not null)
        {
            DetectionFile.Write(detectionFile, detections);
        }

        return CocoEvaluator.Evaluate(truth, detections);
    }
}
