using QatPipeline.Contracts.Specification;
using QatPipeline.Messaging.Embedded;
using QatPipeline.Runs.Execution;
using QatPipeline.Stages;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Reports;
using QatPipeline.Stages.Torch.Stages;

namespace QatPipeline.Benchmarks.QuantizationTable;

/// <summary>The runs of one network that the table compares: the pipeline itself, each with one thing changed.</summary>
/// <param name="folder">Keeps every stage's results.</param>
/// <param name="specification">The network, its data and training.</param>
internal sealed class FormRuns(string folder, RunSpecification specification)
{
    private const double SmallLoss = 0.002;

    public string Name => specification.Name;

    /// <summary>Every layer quantized, trained with the task loss and the distillation of predictions and features.</summary>
    public Task<RunReport> FullAsync() => RunAsync(Everywhere);

    /// <summary>The same without the distillation of features.</summary>
    public Task<RunReport> WithoutFeaturesAsync() => RunAsync(Everywhere with { Qat = Everywhere.Qat! with { FeatureDistillation = 0 } });

    /// <summary>Not trained, but with the most sensitive layers left float.</summary>
    public Task<RunReport> PartialAsync() =>
        RunAsync(specification with { Qat = null, Partial = specification.Partial with { Enabled = true, MaxApLoss = SmallLoss } });

    private RunSpecification Everywhere =>
        specification with { Qat = specification.Qat ?? new QatSpecification(), Partial = specification.Partial with { Enabled = false } };

    private async Task<RunReport> RunAsync(RunSpecification changed)
    {
        var images = new LocalImageSource();
        IStage[] stages =
            [new DatasetStage(), new TrainFloatStage(images), new CalibrateStage(images), new QatStage(images), new OptimizeStage(),
                new BuildStage(), new EvaluateStage(images)];
        var kept = new KeptReport();
        var run = await EmbeddedPipeline.RunAsync(
            changed, folder, stages, new EmbeddedOptions { Report = kept }, null, CancellationToken.None);
        return kept.Report ?? throw new InvalidOperationException($"{Name}: stage {run.Failure?.Stage} failed: {run.Failure?.Message}");
    }

    private sealed class KeptReport : IRunReport
    {
        public RunReport? Report { get; private set; }

        public async Task WriteAsync(RunReportContext context, string folder, CancellationToken cancellationToken) =>
            Report = await JsonRunReport.CreateAsync(context, cancellationToken);
    }
}
