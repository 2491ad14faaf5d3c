using QatPipeline.Contracts;
using QatPipeline.Pipeline.Datasets;
using QatPipeline.Pipeline.Specification;
using QatPipeline.Pipeline.Stages;
using QatPipeline.Pipeline.Torch.Stages;
using QatPipeline.ServiceDefaults.Embedded;

namespace QatPipeline.EndToEnd;

/// <summary>A real detector on a few real pictures: every stage but training, in seconds.</summary>
internal static class SmallRun
{
    public static string Yaml(int seed) => $$"""
        name: small
        seed: {{seed}}
        model: { onnx: {{TestData.PathOf("yolov6lite_s", "yolov6lite_s_320x320.onnx")}} }
        data:
          calibration: [ { {{Coco128}}, limit: 4 } ]
          validation: [ { {{Val}}, limit: 8 } ]
        calibration: { images: 4, batch: 2, methods: [max], method: max, biasCorrection: false }
        partial: { enabled: false }
        qat: null
        build: { batches: [1], threads: 1, warmUpMilliseconds: 10, durationMilliseconds: 50 }
        evaluation: { batch: 4, bootstrapReplicates: 20 }
        """;

    private static string Coco128 => Set("coco128", "instances_train2017_coco128.json", "train2017");

    private static string Val => Set("coco_val2017_103", "instances_val2017_103.json", "val2017");

    /// <summary>The artifacts that one undisturbed process makes of it.</summary>
    public static async Task<IReadOnlyList<ArtifactReference>> ExpectedAsync(int seed, string folder, CancellationToken cancellationToken)
    {
        var images = new LocalImageSource();
        IStage[] stages =
            [new DatasetStage(), new CalibrateStage(images), new OptimizeStage(), new BuildStage(), new EvaluateStage(images)];
        var specification = RunSpecificationLoader.Parse(Yaml(seed), "the test", "/");
        var run = await EmbeddedPipeline.RunAsync(specification, folder, stages, null, cancellationToken);
        Assert.Null(run.Failure);
        return run.Artifacts;
    }

    private static string Set(string name, string annotations, string images) =>
        $"annotations: {TestData.PathOf(name, "annotations", annotations)}, images: {TestData.PathOf(name, "images", images)}";
}
