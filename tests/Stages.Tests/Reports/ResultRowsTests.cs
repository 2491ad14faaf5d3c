using QatPipeline.Coco.Evaluation;
using QatPipeline.Contracts.Specification;
using QatPipeline.Engines;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Stages.Tests.Reports;

public sealed class ResultRowsTests
{
    private static readonly CocoMetrics NoMetrics = new(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    [Theory]
    [InlineData(0.97, null)]
    [InlineData(0.99, "0.99")]
    [InlineData(1.25, "1.25")]
    public void All_EngineThatIsNotFasterThanFloat_SaysSoAndWhatToTry(double milliseconds, string? ratio)
    {
        var remarks = Remarks("fastest", milliseconds);

        Assert.Null(remarks[0]);
        Assert.Equal(ratio is not null, remarks[1] is not null);
        if (ratio is not null)
        {
            Assert.Contains($"takes {ratio} of the float engine's time", remarks[1], StringComparison.Ordinal);
            Assert.Contains("placement: measured", remarks[1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void All_PlacementIsMeasuredAlready_ProposesTheFloatEngineOnly()
    {
        var remark = Remarks("measured", milliseconds: 1.1)[1];

        Assert.Contains("engine-float.onnx", remark, StringComparison.Ordinal);
        Assert.DoesNotContain("placement: measured", remark, StringComparison.Ordinal);
    }

    private static string?[] Remarks(string placement, double milliseconds)
    {
        var specification = new RunSpecification
        {
            Name = "rows",
            Model = new ModelSpecification { Onnx = "model.onnx" },
            Data = new DataSpecification { Calibration = [], Validation = [] },
            Partial = new PartialSpecification { Placement = placement },
        };
        var evaluation = new EvaluationReport
        {
            Protocol = "E2",
            InputSize = 64,
            LoadSize = 64,
            Images = 1,
            Agreements = [],
            Variants =
            [
                new VariantEvaluation(Variants.FloatEngine, NoMetrics, [], null, []),
                new VariantEvaluation(Variants.Int8Engine, NoMetrics, [], null, []),
            ],
        };
        var timings = new Dictionary<string, IReadOnlyList<EngineTiming>>
        {
            [Variants.FloatEngine] = [Timing(32, 20), Timing(1, 1)],
            [Variants.Int8Engine] = [Timing(32, 20), Timing(1, milliseconds)],
        };
        return [.. new ResultRows(specification, new RunFigures(evaluation, timings, null, null), []).All().Select(row => row.Remark)];
    }

    private static EngineTiming Timing(int batch, double milliseconds) => new()
    {
        Batch = batch,
        Execution = BatchExecution.Native,
        Latency = LatencyStatistics.Of([milliseconds], 99),
        ImagesPerSecond = batch / milliseconds * 1000,
        Options = new TimingOptions(),
        Environment = "a machine",
    };
}
