using QatPipeline.Engines;
using QatPipeline.Engines.TensorRt;
using QatPipeline.Foundation;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Stages.Building;

/// <summary>
/// TensorRT's engines in single, half and INT8 precision, one for each batch size: built and timed by trtexec, or delivered.
/// </summary>
internal static class TensorRtBuilding
{
    public static TensorRtOptions OptionsOf(BuildSpecification build) => new() { TrtexecPath = build.Trtexec };

    /// <returns>The timings by variant; none for a delivery.</returns>
    public static async Task<IEnumerable<KeyValuePair<string, IReadOnlyList<EngineTiming>>>> BuildAsync(
        IStageContext context, TimingOptions timing, CancellationToken cancellationToken)
    {
        var options = OptionsOf(context.Specification.Build);
        var files = await TensorRtModels.OpenAsync(context, timing, cancellationToken);
        if (await TensorRtBackend.VersionAsync(options, cancellationToken) is not { } version)
        {
            await TensorRtDelivering.WriteAsync(context, files, options, cancellationToken);
            return [];
        }

        var backend = new TensorRtBackend(options);
        var (engines, timings, remarks) = (
            new List<TensorRtEngineFile>(), new List<KeyValuePair<string, IReadOnlyList<EngineTiming>>>(), new List<string>());
        foreach (var (index, precision) in TensorRtModels.Precisions.Index())
        {
            context.Progress.Report(
                new StageProgress($"building {precision.ToName()} engines with TensorRT {version}", index, TensorRtModels.Precisions.Count));
            var request = files.RequestOf(precision, version);
            if (precision == EnginePrecision.Half && version.Major >= 11)
            {
                engines.AddRange(context.Specification.Build.Batches.Select(batch => Missing(new(precision, batch), version)));
                continue;
            }

            var result = await backend.BuildAsync(request, cancellationToken);
            remarks.Add(result.Remark);
            var model = await Digests.OfFileAsync(request.OnnxPath, cancellationToken);
            foreach (var ((engine, measured), command) in result.Engines.Zip(result.Timings).Zip(result.CommandLines))
            {
                var name = new TensorRtEngineName(precision, engine.Batch!.Value);
                File.Move(engine.Path, context.OutputPath(name.File), overwrite: true);
                timings.Add(KeyValuePair.Create<string, IReadOnlyList<EngineTiming>>(name.Variant, [measured]));
                engines.Add(new TensorRtEngineFile(
                    name.Variant,
                    name.File,
                    [model],
                    command.Replace(request.OutputFolder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal),
                    Missing: null));
            }
        }

        var build = new TensorRtBuild
        {
            Status = EngineBuildStatus.Built,
            Builder = timings[0].Value[0].Environment,
            Route = files.RouteOf(version),
            Remark = string.Join(' ', remarks.Where(remark => remark.Length > 0).Distinct()),
            Engines = engines,
        };
        await JsonArtifact.WriteAsync(context, ArtifactNames.TensorRtBuild, build, cancellationToken);
        return timings;
    }

    private static TensorRtEngineFile Missing(TensorRtEngineName name, TrtexecVersion version) => new(
        name.Variant,
        name.File,
        [],
        Command: null,
        $"TensorRT {version} builds half precision only from a model with float16 tensors, which a run does not write");
}
