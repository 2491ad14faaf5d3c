using QatPipeline.Coco.Data;
using QatPipeline.Coco.Detections;
using QatPipeline.Coco.Evaluation;
using QatPipeline.Engines;
using QatPipeline.Engines.TensorRt;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Stages.Evaluation;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Stages.Imports;

/// <summary>
/// Checks the results that a run's delivery gave on another machine: they must be of this run's models, and AP is computed here, from
/// detections.
/// </summary>
/// <param name="run">The complete run.</param>
/// <param name="path">The results file; files that it names lie beside it.</param>
public sealed class ResultsImport(RunReportContext run, string path)
{
    /// <summary>Reads and checks the results.</summary>
    /// <returns>What goes into the report, and the files of detections by the names they have in the run.</returns>
    /// <exception cref="ImportException">The run expects no such results, or they are not of its engines.</exception>
    public async Task<(ImportedResults Results, IReadOnlyDictionary<string, string> Detections)> ReadAsync(
        CancellationToken cancellationToken)
    {
        var file = await ResultsFile.ReadAsync(path, cancellationToken);
        var build = await RunFigures.ReadAsync<TensorRtBuild>(run, ArtifactNames.TensorRtBuild, cancellationToken);
        Require(build is not null, $"the run '{run.Run.RunId}' has no TensorRT engines: its targets do not name tensorrt");
        Require(
            build!.Status == EngineBuildStatus.Delivered,
            $"the run '{run.Run.RunId}' built its TensorRT engines itself ({build.Builder}): their figures are in its report");
        var version = TrtexecVersion.FromBanner($"[TensorRT v{file.TensorRt}]");
        Require(
            version is { Major: >= TrtexecVersion.OldestMajor and <= TrtexecVersion.NewestMajor },
            $"tensorRt is '{file.TensorRt}', which is not a version from {TrtexecVersion.OldestMajor} to {TrtexecVersion.NewestMajor} "
            + "as trtexec writes it, such as 8401 or 101303");
        Require(file.Engines.Count > 0, "it names no engine");
        Require(file.Host.Length > 0, "it names no host");
        if (file.Engines.GroupBy(engine => engine.Engine).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ImportException(path, $"it names the engine '{twice.Key}' twice");
        }

        var environment = $"TensorRT {version}, trtexec, {(file.Gpu.Length > 0 ? file.Gpu : "GPU not told")}, {file.Host}";
        var engines = new List<ImportedEngine>();
        var detections = new Dictionary<string, string>();
        foreach (var engine in file.Engines)
        {
            var name = NameOf(engine, build);
            var timing = TimingOf(engine, environment);
            var (evaluation, agreement) = engine.Detections is null
                ? (null, null)
                : await EvaluateAsync(name, DetectionsOf(engine.Detections), cancellationToken);
            if (engine.Detections is not null)
            {
                detections[name.Detections] = DetectionsOf(engine.Detections);
            }

            engines.Add(new ImportedEngine(name.Variant, engine.Sha256, engine.Command, timing, evaluation, agreement));
        }

        return (
            new ImportedResults { TensorRt = $"{version}", Gpu = file.Gpu, Host = file.Host, Engines = engines },
            detections);
    }

    /// <summary>The engine, where it is one of the run's and was built from the run's model.</summary>
    private TensorRtEngineName NameOf(EngineResult engine, TensorRtBuild build)
    {
        var delivered = build.Engines.FirstOrDefault(candidate => candidate.File == engine.Engine)
            ?? throw new ImportException(
                path,
                $"it names the engine '{engine.Engine}', which the run did not deliver; it delivered "
                + string.Join(", ", build.Engines.Select(candidate => candidate.File)));
        var name = TensorRtEngineName.Parse(engine.Engine)!.Value;
        Require(
            engine.Batch == name.Batch && engine.Precision == name.Precision.ToName(),
            $"'{engine.Engine}' is said to be of precision {engine.Precision} and batch {engine.Batch}: these are figures of another engine");
        Require(BlobNames.IsDigest(engine.Sha256), $"the sha256 of '{engine.Engine}' is not a SHA-256");
        Require(
            delivered.Models.Contains(engine.ModelSha256),
            $"'{engine.Engine}' was built from a model with the SHA-256 {engine.ModelSha256}, which is not this run's: use the delivery "
            + "of this run");
        return name;
    }

    private EngineTiming TimingOf(EngineResult engine, string environment)
    {
        var build = run.Run.Specification.Build;
        try
        {
            return TensorRtDelivery.ReadTiming(
                engine.Summary,
                engine.Batch,
                new TimingOptions
                {
                    WarmUp = TimeSpan.FromMilliseconds(build.WarmUpMilliseconds),
                    Duration = TimeSpan.FromMilliseconds(build.DurationMilliseconds),
                },
                environment);
        }
        catch (EngineException exception)
        {
            throw new ImportException(path, $"the figures of '{engine.Engine}': {exception.Message.TrimEnd('.')}", exception);
        }
    }

    private string DetectionsOf(string name)
    {
        var beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name);
        Require(
            BlobNames.IsFileName(name) && File.Exists(beside),
            $"it names the detections '{name}', which do not lie beside it: bring the whole folder of the delivery");
        return beside;
    }

    private async Task<(VariantEvaluation Evaluation, DetectionAgreement? Agreement)> EvaluateAsync(
        TensorRtEngineName name, string file, CancellationToken cancellationToken)
    {
        var truth = CocoDataset.Read(await OpenAsync(ArtifactNames.ValidationAnnotations, cancellationToken), "");
        var found = DetectionFile.Read(file);
        var images = truth.Images.Select(image => image.Id).ToHashSet();
        var stray = found.Index().FirstOrDefault(
            item => !images.Contains(item.Item.ImageId) || item.Item.Score is not (>= 0 and <= 1), (Index: -1, default));
        Require(
            stray.Index < 0,
            $"'{Path.GetFileName(file)}' has a detection in image {stray.Item.ImageId} with the score {stray.Item.Score}: the image is "
            + "not one of this run's validation images, or the score is not from 0 to 1");
        var original = DetectionFile.Read(await OpenAsync(ArtifactNames.FloatDetections, cancellationToken));
        var evaluation = VariantComparison.Of(truth, [(Variants.Float, original), (name.Variant, found)], run.Run.Specification)[1];
        return name.Precision == EnginePrecision.Int8
            ? (evaluation, DetectionAgreement.Compare(DetectionFile.Read(await OpenAsync(Simulation, cancellationToken)), found))
            : (evaluation, null);
    }

    private string Simulation => run.Run.Specification switch
    {
        { Target: not TargetNames.TensorRt } => ArtifactNames.SimulatedDetections(TargetNames.TensorRt),
        { Qat: null } => ArtifactNames.PtqDetections,
        _ => ArtifactNames.QatDetections,
    };

    private async Task<string> OpenAsync(string artifact, CancellationToken cancellationToken) =>
        await run.OpenArtifactAsync(artifact, cancellationToken)
            ?? throw new ImportException(path, $"the run '{run.Run.RunId}' has no '{artifact}' to compare the detections with");

    private void Require(bool condition, string reason)
    {
        if (!condition)
        {
            throw new ImportException(path, reason);
        }
    }
}
