using QatPipeline.Cli.Output;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Contracts.Specification;
using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs.Onnx;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Specification;
using QatPipeline.Runs.Tracking;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Detectors;
using QatPipeline.Stages.Evaluation;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat evaluate</c>: AP of an ONNX detector or engine on a data set, by a named protocol.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "An ONNX file, or an engine of TensorRT or torch-int8" };
        var engine = new EngineOptions(batches: "8");
        var annotations = new Option<string>("--annotations") { Description = "COCO ground truth", Required = true, HelpName = "GT.json" };
        var images = new Option<string>("--images") { Description = "Folder of the pictures", Required = true, HelpName = "DIR" };
        var evaluation = new EvaluationOptions();
        var inputSize = new Option<int>("--input-size") { Description = "Side of the input in pixels; 0 takes the model's own" };
        var described = new Option<string?>("--detector")
        {
            Description = "What the model takes and gives, as in model.detector of a run; recognised where left out",
            HelpName = "YAML",
        };
        var detections = new Option<string?>("--detections") { Description = "Also write the detections", HelpName = "DT.json" };
        var json = JsonOutput.CreateOption();
        var command = new Command(
            "evaluate",
            """
            Run a detector over images and print its COCO figures; the protocol is part of the figure.

            Example: qat evaluate engine-int8.onnx --annotations val.json --images pictures/val
            Example: qat evaluate yolox_nano.onnx --detector '{ layout: yolox }' --annotations val.json --images pictures/val
            Example: qat evaluate detector-qdq.int8.b32.engine --batch 32 --protocol E3 --annotations val.json --images pictures/val
            """) { model, annotations, images, inputSize, described, detections, json };
        foreach (var option in evaluation.All.Concat(engine.ForBuilding))
        {
            command.Add(option);
        }

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
                Model = new ModelSpecification
                {
                    Onnx = parsed.GetRequiredValue(model),
                    InputSize = parsed.GetValue(inputSize),
                    Detector = parsed.GetValue(described) is { } text ? RunSpecificationLoader.ParseDetector(text, "--detector") : null,
                },
                Data = new DataSpecification { Validation = [dataset] },
                Evaluation = evaluation.Of(
                    parsed,
                    engine.BatchesOf(parsed) is [var batch]
                        ? batch
                        : throw new EngineException("--batch names several sizes: an evaluation runs at one, such as 8.")),
            };
            var folder = Directory.CreateTempSubdirectory("qat-evaluate-");
            try
            {
                var file = specification.Model.Onnx;
                var source = EngineOptions.IsBuilt(file) ? null : PictureModel.Of(file, OnnxReader.Read(file), folder.FullName);
                using var loaded = await LoadAsync(engine, parsed, specification, source?.File ?? file, folder.FullName, cancellationToken);
                var found = await EvaluateAsync(specification, loaded, source, parsed.GetValue(detections), cancellationToken);
                var figures = CocoFigures.Of(found);
                await JsonOutput.WriteAsync(parsed, json, figures, () => CocoFigures.Print(found.Metrics), cancellationToken);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        });
        return command;
    }

    // ONNX Runtime loads a model as it is; the others have to build it first.
    private static async Task<IEngine> LoadAsync(
        EngineOptions engine,
        ParseResult parsed,
        RunSpecification specification,
        string model,
        string folder,
        CancellationToken cancellationToken)
    {
        var backend = engine.BackendOf(parsed, model);
        if (EngineOptions.IsBuilt(model))
        {
            return backend.Load(model);
        }

        var request = engine.RequestOf(parsed, model, folder, [specification.Evaluation.Batch], TimingOptions.Untimed);
        if (backend is OrtCpuBackend)
        {
            OrtCpuBackend.RequirePrecision(request.Precision);
            return backend.Load(model);
        }

        var built = await backend.BuildAsync(request, cancellationToken);
        return built.Status == EngineBuildStatus.Built
            ? backend.Load(built.Engines[0].Path)
            : throw new EngineException($"'{model}' cannot be run here. {built.Remark}");
    }

    private static async Task<CocoEvaluation> EvaluateAsync(
        RunSpecification specification,
        IEngine engine,
        PictureModel? source,
        string? detectionFile,
        CancellationToken cancellationToken)
    {
        var truth = DatasetLocator.Open(specification, DatasetSplit.Validation)[0];
        await DatasetRemarks.WriteAsync(truth);
        IndexedImage[] pictures =
            [.. truth.Images.Select(image => new IndexedImage(0, image.Id, image.FileName, image.Width, image.Height, ""))];
        var index = new DatasetIndex
        {
            Categories = truth.Categories,
            Calibration = [],
            Training = [],
            Validation = pictures,
            Skipped = [],
        };
        var images = new LocalImageSource();
        using var detector = new EngineDetector(engine);
        var size = ImageInput.SizeOf(engine.Input, specification);

        // A run writes into its models how they are read.
        var model = specification.Model.Detector is null && source is not null && RunDetector.Recorded(source.Graph) is { } recorded
            ? new RunDetector(recorded, size.Height, size.Width)
            : await RunDetector.RecogniseAsync(
                detector,
                size,
                engine.Input.FixedBatch ?? 1,
                images,
                specification,
                index,
                source?.TakesLevels ?? false,
                cancellationToken);
        var run = new DetectionRun(images, specification, index, model);
        using var display = new ProgressDisplay();
        var progress = new Progress<StageProgress>(value => display.Report(new StageStatus(
            "evaluate", StageState.Running, value.Activity, value.Done, value.Total, new Dictionary<string, double>())));
        var detections = await run.DetectAsync(detector, DatasetSplit.Validation, pictures, "detecting", progress, cancellationToken);
        if (detectionFile is not null)
        {
            DetectionFile.Write(detectionFile, detections, truth);
        }

        return CocoEvaluator.Evaluate(truth, detections);
    }
}
