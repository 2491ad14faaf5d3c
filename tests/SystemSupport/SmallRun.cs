using QatPipeline.Contracts.Specification;
using QatPipeline.Messaging.Embedded;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Torch.Stages;

namespace QatPipeline.SystemSupport;

/// <summary>A tiny detector on drawn pictures: every kind of work that a real run has, in seconds.</summary>
public static class SmallRun
{
    /// <param name="variation">Another one gives other pictures, so that nothing of another run can be reused.</param>
    /// <param name="epochs">Length of the training.</param>
    public static string Yaml(int variation, int epochs = 3) => $$"""
        name: small
        seed: {{variation}}
        model: { yolov6: { variant: n, width: 0.125, depth: 0.1 }, inputSize: 64 }
        data:
          calibration: [ { synthetic: { images: 8, seed: {{variation}}, size: 64, objects: 3 } } ]
          training: [ { synthetic: { images: 8, seed: {{variation + 1000}}, size: 64, objects: 3 } } ]
          validation: [ { synthetic: { images: 8, seed: {{variation + 2000}}, size: 64, objects: 3 } } ]
        calibration: { images: 8, batch: 4, methods: [max], method: max }
        partial: { enabled: false, analysisImages: 1 }
        qat: { epochs: {{epochs}}, batch: 4 }
        build: { batches: [1], threads: 1, warmUpMilliseconds: 10, durationMilliseconds: 50 }
        evaluation: { batch: 4, bootstrapReplicates: 20, confidence: 0.001 }
        """;

    /// <summary>What one undisturbed process makes of it.</summary>
    /// <param name="variation">Which run.</param>
    /// <param name="folder">Where its store is, the same for every call.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static Task<EmbeddedRun> ExpectedAsync(int variation, string folder, CancellationToken cancellationToken) =>
        ExpectedAsync(RunSpecificationLoader.Parse(Yaml(variation), "the test", "/"), folder, cancellationToken);

    /// <summary>What one undisturbed process makes of a specification.</summary>
    public static async Task<EmbeddedRun> ExpectedAsync(
        RunSpecification specification, string folder, CancellationToken cancellationToken)
    {
        var images = new LocalImageSource();
        IStage[] stages =
        [
            new DatasetStage(), new CalibrateStage(images), new QatStage(images), new OptimizeStage(), new BuildStage(),
            new EvaluateStage(images),
        ];
        var run = await EmbeddedPipeline.RunAsync(specification, folder, stages, new EmbeddedOptions(), null, cancellationToken);
        return run.Failure is null ? run : throw new InvalidOperationException(run.Failure.Message);
    }
}
