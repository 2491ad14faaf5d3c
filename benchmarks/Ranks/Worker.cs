using System.Diagnostics;
using System.Text.Json;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Runs.Specification;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Torch.Ranks;
using QatPipeline.Stages.Torch.Training;
using QatPipeline.Torch.Parallel;
using QatPipeline.Torch.Training;

namespace QatPipeline.Benchmarks.Ranks;

/// <summary>A process that <c>mpiexec</c> starts: some steps of the stage's own training. The first of them writes its figures.</summary>
internal static class Worker
{
    public const string Argument = "--worker";

    // More than any comparison trains.
    private const int Epochs = 1000;

    /// <param name="way">How it trains.</param>
    /// <param name="file">The run's specification.</param>
    /// <param name="outputs">The folder of a run of it.</param>
    /// <param name="steps">How many are measured, after as many in which the runtime compiles what runs often.</param>
    public static async Task RunAsync(Way way, string file, string outputs, int steps)
    {
        using var processes = MpiCollective.Start();
        var ranks = new MeteredCollective(way is Way.Alone or Way.SideBySide ? SingleCollective.Instance : processes);
        var specification = RunSpecificationLoader.Load(file);
        var qat = specification.Qat!;
        var batch = way switch
        {
            Way.SideBySide => qat.Batch / 2,
            Way.WholeBatches => qat.Batch * 2,
            _ => qat.Batch,
        };
        specification = specification with { Qat = qat with { Epochs = Epochs, Batch = batch, SyncBatchNorm = way != Way.OwnStatistics } };
        var inputs = Directory.GetFiles(outputs).ToDictionary(path => Path.GetFileName(path)!);
        var context = new RankContext(new RankJob(StageNames.Qat, specification, inputs, AreInputsSent: false, Baseline: null));
        var images = new KeptImageSource(new LocalImageSource());
        var (trainer, batches) = await QatTraining.StartAsync(
            context, await QatInputs.OpenAsync(context, images, default), ranks, default);
        using (trainer)
        {
            processes.Barrier();
            var figures = await MeasureAsync(trainer, batches, ranks, steps);
            if (processes.Rank == 0)
            {
                Console.WriteLine(JsonSerializer.Serialize(figures));
            }
        }
    }

    private static async Task<StepFigures> MeasureAsync(Trainer trainer, ITrainingBatches batches, MeteredCollective ranks, int steps)
    {
        using var end = new CancellationTokenSource();
        var times = new List<long>();
        var (before, bytes, sums) = (TimeSpan.Zero, 0L, 0L);
        var clock = new Clock(() =>
        {
            times.Add(Stopwatch.GetTimestamp());
            if (times.Count == steps)
            {
                (before, bytes, sums) = (ranks.Elapsed, ranks.SummedBytes, ranks.Sums);
            }
            else if (times.Count == 2 * steps)
            {
                end.Cancel();
            }
        });
        try
        {
            await trainer.TrainAsync(batches, new TrainingCallbacks { Progress = clock }, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // As many steps as were wanted.
        }

        double[] took = [.. times.Skip(steps - 1).Zip(times.Skip(steps), (from, to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds)];
        return new StepFigures(
            took.Order().ElementAt(took.Length / 2),
            took.Average(),
            (ranks.Elapsed - before).TotalMilliseconds / took.Length,
            (ranks.SummedBytes - bytes) / took.Length,
            (ranks.Sums - sums) / took.Length);
    }

    private sealed class Clock(Action tick) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => tick();
    }
}
