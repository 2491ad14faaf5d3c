using System.Diagnostics;
using QatPipeline.Benchmarks.Results;
using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;

namespace QatPipeline.Benchmarks.CocoEvaluation;

/// <summary>Times the evaluation of a data set, and a paired bootstrap over it.</summary>
internal sealed class EvaluationTimes(CocoDataset truth, Figures figures)
{
    private const double TargetSeconds = 0.08;
    private const int Replicates = 1000;

    /// <summary>Evaluates so many times; the runtime has compiled what it takes only after some.</summary>
    public void MeasureEvaluation(IReadOnlyList<Detection> detections, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            var (watch, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            var evaluation = CocoEvaluator.Evaluate(truth, detections);
            watch.Stop();
            var busy = Environment.CpuUsage.TotalTime - processor;
            Console.WriteLine(
                $"evaluate and accumulate: {watch.Elapsed.TotalSeconds:F3} s, {busy.TotalSeconds:F3} s of processor time   "
                + $"(target {TargetSeconds} s; AP {evaluation.Metrics.Ap:F4})");
            figures.Add(Figure.Less(
                $"evaluation of {truth.Images.Count} images", watch.Elapsed.TotalSeconds, "s", "target", TargetSeconds));
        }
    }

    public void MeasureBootstrap(IReadOnlyList<Detection> first, IReadOnlyList<Detection> second)
    {
        var (one, other) = (CocoEvaluator.Evaluate(truth, first), CocoEvaluator.Evaluate(truth, second));
        var watch = Stopwatch.StartNew();
        var difference = PairedBootstrap.Compare(one, other, Replicates);
        Console.WriteLine(
            $"{Replicates} bootstrap replicates: {watch.Elapsed.TotalSeconds:F3} s   ({difference.Low:F4} … {difference.High:F4})");
    }
}
