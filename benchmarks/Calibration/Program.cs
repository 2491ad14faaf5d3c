// Kernels of calibration and fake quantization against their scalar definitions, and the searches over growing histograms.
// Usage: dotnet run -c Release --project benchmarks/Calibration -- [values] [rounds]
using QatPipeline.Benchmarks.Calibration;
using QatPipeline.Benchmarks.Results;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Quantization.Calibration;

var length = args.Length > 0 ? int.Parse(args[0]) : 4_000_000;
var rounds = args.Length > 1 ? int.Parse(args[1]) : 30;
var values = Activations.Rectified(length, seed: 1);
var parameters = QuantizationParameters.Create(QuantizationScheme.SignedSymmetric, QuantizationRange.FromAmax(4f));
var (destination, statistics) = (new float[length], new ActivationStatistics("activation"));
var (grid, counts) = (HistogramGrid.Between(0f, values.Max(), 2048), new long[2048]);

var figures = new Figures();
var comparison = new Comparison(figures);
Console.WriteLine($"{length:N0} values, per core          scalar M/s    kernel M/s   ratio");
comparison.Print(
    "fake quantize", length, rounds, () => Scalar.FakeQuantize(values, destination, parameters),
    () => FakeQuantizer.Apply(values, destination, parameters));
comparison.Print("histogram and extremes", length, rounds, () => Scalar.Collect(values, grid, counts), () => statistics.Collect(values));
Comparison.PrintSearches(values, bins: [2048, 4096, 8000]);
figures.Print();
