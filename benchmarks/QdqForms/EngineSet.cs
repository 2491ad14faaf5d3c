using System.Diagnostics;
using QatPipeline.Benchmarks.Results;
using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Model;
using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Benchmarks.QdqForms;

/// <summary>Engines of alternative models, timed in turns so that a noisy machine disturbs all of them alike.</summary>
internal sealed class EngineSet(int threads) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("qdq-forms-");
    private readonly List<(string Name, IEngine Engine, int IntegerLayers)> _engines = [];

    public void Add(string name, Graph graph)
    {
        var backend = new OrtCpuBackend(new OrtCpuOptions { Threads = threads });
        var path = Path.Combine(_folder.FullName, $"{_engines.Count}.onnx");
        OnnxWriter.Write(graph, path);
        var request = new EngineBuildRequest
        {
            OnnxPath = path,
            OutputFolder = _folder.FullName,
            Name = $"engine{_engines.Count}",
            Precision = _engines.Count == 0 ? EnginePrecision.Float : EnginePrecision.Int8,
        };
        var built = backend.BuildAsync(request, CancellationToken.None).GetAwaiter().GetResult();
        var kernels = TargetRegistry.OrtCpu.Lint(graph).Kernels;
        _engines.Add(
            (name, backend.Load(built.Engines[0].Path), kernels.Count(kernel => kernel is { OpType: "Conv", Kernel: KernelKind.Integer })));
    }

    /// <summary>
    /// Median time and mean processor time of every engine over the rounds, and its speed as a multiple of the first's. Other work on the
    /// machine hardly disturbs the processor time; with several threads it includes their waiting for each other.
    /// </summary>
    public void Print(int rounds, Figures figures)
    {
        var image = new float[_engines[0].Engine.Input.ElementsPerImage];
        var random = new Random(2);
        for (var index = 0; index < image.Length; index++)
        {
            image[index] = random.NextSingle();
        }

        var times = _engines.ConvertAll(_ => new List<double>(rounds));
        var processor = new double[_engines.Count];
        for (var round = -1; round < rounds; round++)
        {
            for (var index = 0; index < _engines.Count; index++)
            {
                var (start, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
                _engines[index].Engine.Run(image, batch: 1);
                if (round >= 0)
                {
                    times[index].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                    processor[index] += (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / rounds;
                }
            }
        }

        var medians = times.ConvertAll(values => values.Order().ElementAt(values.Count / 2));
        Console.WriteLine(
            $"{"19 Conv-Relu at 640, batch 1",-38}{"median ms",11}{"speed",8}{"CPU ms",11}{"speed",8}{"integer convolutions",22}");
        for (var index = 0; index < _engines.Count; index++)
        {
            Console.WriteLine(
                $"{_engines[index].Name,-38}{medians[index],11:F1}{medians[0] / medians[index],7:F2}×"
                + $"{processor[index],11:F1}{processor[0] / processor[index],7:F2}×{_engines[index].IntegerLayers,22}");
            if (index > 0)
            {
                figures.Add(Figure.Less(
                    $"19 Conv-Relu at 640, {_engines[index].Name}", medians[index], "ms", _engines[0].Name, medians[0]));
            }
        }
    }

    public void Dispose()
    {
        _engines.ForEach(engine => engine.Engine.Dispose());
        _folder.Delete(recursive: true);
    }
}
