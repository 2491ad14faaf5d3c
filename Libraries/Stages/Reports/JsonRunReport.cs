namespace QatPipeline.Stages.Reports;

/// <summary>Makes report.json from the records and artifacts of a finished run.</summary>
public static class JsonRunReport
{
    /// <summary>Name of the report among the run's files.</summary>
    public const string FileName = "report.json";

    /// <summary>Reads the artifacts and records and puts the report together; needs a finished build and evaluation.</summary>
    public static async Task<RunReport> CreateAsync(RunReportContext context, CancellationToken cancellationToken)
    {
        var specification = context.Run.Specification;
        var figures = await RunFigures.ReadAsync(context, cancellationToken);

        // A run that began with the event of a later stage has built nothing itself.
        var build = context.Stages.FirstOrDefault(stage => stage.Record.Stage == StageNames.Build)?.Record;
        return new RunReport
        {
            RunId = context.Run.RunId,
            Name = specification.Name,
            Target = specification.Target,
            Targets = specification.Targets,
            Machine = build?.Host ?? "",
            Results = new ResultRows(specification, figures, context.Artifacts).All(),
            Evaluation = figures.Evaluation,
            TensorRt = figures.TensorRt,
            Calibration = await RunFigures.ReadAsync<CalibrationReport>(context, ArtifactNames.CalibrationReport, cancellationToken),
            FloatTraining =
                await RunFigures.ReadAsync<FloatTrainingHistory>(context, ArtifactNames.FloatTrainingHistory, cancellationToken),
            Training = await RunFigures.ReadAsync<TrainingHistory>(context, ArtifactNames.TrainingHistory, cancellationToken),
            Stages = [.. context.Stages.Select(Summarise)],
        };
    }

    private static StageSummary Summarise(StageResult stage) => new(
        stage.Record.Stage,
        stage.Record.Key,
        stage.Reused,
        (stage.Record.Finished - stage.Record.Started).TotalSeconds,
        stage.Record.Host,
        stage.Record.Inputs,
        stage.Record.Outputs,
        stage.Record.Processes);
}
