// How long the COCO evaluation of a data set of val2017's size takes, and a paired bootstrap over it.
// Usage: dotnet run -c Release --project benchmarks/CocoEvaluation -- [rounds]
using QatPipeline.Benchmarks.CocoEvaluation;
using QatPipeline.Benchmarks.Results;

var figures = new Figures();
var rounds = args.Length > 0 ? int.Parse(args[0]) : 5;
var truth = SyntheticSet.Truth(images: 5_000, objects: 36_781, categories: 80, seed: 1);
var (first, second) = (SyntheticSet.Detections(truth, seed: 2), SyntheticSet.Detections(truth, seed: 3));
Console.WriteLine(
    $"{truth.Images.Count} images, {truth.Annotations.Count} objects, {first.Count} detections, {Environment.ProcessorCount} threads");

var times = new EvaluationTimes(truth, figures);
times.MeasureEvaluation(first, rounds);
times.MeasureBootstrap(first, second);
figures.Print();
