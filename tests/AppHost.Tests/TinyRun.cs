using System.Text.Json;
using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Execution;
using QatPipeline.Runs.Json;
using QatPipeline.Runs.Specification;

namespace QatPipeline.AppHost.Tests;

/// <summary>A run through every stage on a few generated pictures, with a network too small to detect anything.</summary>
internal static class TinyRun
{
    public static RunSpecification Specification { get; } = Create(0);

    /// <summary>The message that asks for it.</summary>
    public static string Trigger(string runId) => Trigger(runId, Specification);

    public static string Trigger(string runId, RunSpecification specification) =>
        JsonSerializer.Serialize(new { runId, specification }, PipelineJson.Compact);

    /// <param name="seed">Another seed has other pictures, so that no stage is reused.</param>
    /// <param name="validationImages">The pictures that AP is measured on.</param>
    public static RunSpecification Create(int seed, int validationImages = 4) => RunSpecificationLoader.Parse(
        $$"""
        name: tiny
        seed: {{seed}}
        model: { yolov6: { variant: n, width: 0.125, form: repvgg }, inputSize: 64 }
        data:
          calibration: [ { synthetic: { images: 4, seed: {{seed + 1}}, size: 64 } } ]
          training: [ { synthetic: { images: 4, seed: {{seed + 2}}, size: 64 } } ]
          validation: [ { synthetic: { images: {{validationImages}}, seed: {{seed + 3}}, size: 64 } } ]
        calibration: { images: 4, batch: 2, methods: [max], method: max, biasCorrection: false }
        partial: { enabled: false }
        qat: { epochs: 1, batch: 4 }
        build: { batches: [1], threads: 1, warmUpMilliseconds: 10, durationMilliseconds: 50 }
        evaluation: { batch: 4, bootstrapReplicates: 20 }
        """,
        "the test",
        "/");
}
