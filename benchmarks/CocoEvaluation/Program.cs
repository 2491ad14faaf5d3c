// How long the COCO evaluation of a data set of val2017's size takes, and a paired bootstrap over it.
// Usage: dotnet run -c Release --project benchmarks/CocoEvaluation -- [rounds]
using System.Diagnostics;
using QatPipeline.Benchmarks.CocoEvaluation;
using QatPipeline.Benchmarks.Results;
using QatPipeline.Coco.Evaluation;

const double target = 0.08;
var figures = new Figures();
var rounds = args.Length > 0 ? int.Parse(args[0]) : 5;
var truth = SyntheticSet.Truth(images: 5_000, objects: 36_781, categories: 80, seed: 1);
var (first, second) = (SyntheticSet.Detections(truth, seed: 2), SyntheticSet.Detections(truth, seed: 3));
Console.WriteLine(
    $"{truth.Images.Count} images, {truth.Annotations.Count} objects, {first.Count} detections, {Environment.ProcessorCount} threads");

for (var round = 0; round < rounds; round++)
{
    var (watch, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
    var evaluation = CocoEvaluator.Evaluate(truth, first);
    watch.Stop();
    var busy = Environment.CpuUsage.TotalTime - processor;
    Console.WriteLine(
        $"evaluate and accumulate: {watch.Elapsed.TotalSeconds:F3} s, {busy.TotalSeconds:F3} s of processor time   "
        + $"(target {target} s; AP {evaluation.Metrics.Ap:F4})");
    figures.Add(Figure.Less($"evaluation of {truth.Images.Count} images", watch.Elapsed.TotalSeconds, "s", "target", target));
}

var pair = (CocoEvaluator.Evaluate(truth, first), CocoEvaluator.Evaluate(truth, second));
var bootstrap = Stopwatch.StartNew();
var difference = PairedBootstrap.Compare(pair.Item1, pair.Item2, replicates: 1000);
Console.WriteLine($"1000 bootstrap replicates: {bootstrap.Elapsed.TotalSeconds:F3} s   ({difference.Low:F4} … {difference.High:F4})");
figures.Print();
