using System.Formats.Tar;
using System.Globalization;
using System.Text.Json;
using QatPipeline.Engines;
using QatPipeline.Engines.TensorRt;
using QatPipeline.Foundation;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Stages.Building;

/// <summary>The folder for a machine with TensorRT, as one archive.</summary>
internal static class TensorRtDelivering
{
    private const string ImageList = "validation-images.txt";

    public static async Task WriteAsync(
        IStageContext context, TensorRtModels models, TensorRtOptions options, CancellationToken cancellationToken)
    {
        context.Progress.Report(new StageProgress("there is no trtexec here: writing the delivery", 0, 1));
        var engines = await TensorRtDelivery.WriteAsync(
            models.Folder,
            context.Specification.Name,
            [.. TensorRtModels.Precisions.Select(models.RequestsOf)],
            options,
            Detect(context.Specification),
            cancellationToken);
        var build = new TensorRtBuild
        {
            Status = EngineBuildStatus.Delivered,
            Builder = "TensorRT, to be built elsewhere",
            Route = context.Specification.Build.Route,
            Remark = $"There was no trtexec on the machine of the build stage: unpack {ArtifactNames.TensorRtDelivery} on a machine with "
                + $"TensorRT 8 to 11, run {TensorRtDelivery.Script} there, and bring {TensorRtDelivery.Results} back with "
                + "'qat import-results'.",
            Engines = [.. await Task.WhenAll(engines.SelectMany(item => item.Engines.Select(engine => DescribeAsync(
                new TensorRtEngineName(item.Request.Precision, engine.Batch!.Value), item.Models, cancellationToken))))],
        };
        await JsonArtifact.WriteAsync(context, ArtifactNames.TensorRtBuild, build, cancellationToken);
        Add(context.OutputPath(ArtifactNames.TensorRtBuild), ArtifactNames.TensorRtBuild);
        Add(await context.OpenInputAsync(ArtifactNames.ValidationAnnotations, cancellationToken), ArtifactNames.ValidationAnnotations);

        var index = await DatasetIndex.ReadAsync(
            await context.OpenInputAsync(ArtifactNames.DatasetIndex, cancellationToken), cancellationToken);
        await File.WriteAllLinesAsync(
            Path.Combine(models.Folder, ImageList), index.Validation.Select(image => image.File), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(models.Folder, "README.txt"), ReadMe(context.Specification), cancellationToken);
        await PackAsync(models.Folder, context.OutputPath(ArtifactNames.TensorRtDelivery), cancellationToken);

        void Add(string path, string name) => File.Copy(path, Path.Combine(models.Folder, name), overwrite: true);
    }

    private static async Task<TensorRtEngineFile> DescribeAsync(
        TensorRtEngineName name, IReadOnlyList<string> models, CancellationToken cancellationToken) => new(
            name.Variant,
            name.File,
            await Task.WhenAll(models.Select(model => Digests.OfFileAsync(model, cancellationToken))),
            Command: null,
            Missing: null);

    /// <summary>AP needs the pictures and this project's command: both are asked for, neither is needed for the timing.</summary>
    private static string Detect(RunSpecification specification) =>
        $$"""
        [ -n "$images" ] && [ -n "${QAT:-}" ] || return 0
            echo "detecting with $engine" >&2
            if PATH="$(dirname "$trtexec"):$PATH" "$QAT" evaluate "$engine" --target tensorrt \
                --annotations {{ArtifactNames.ValidationAnnotations}} --images "$images" --batch "$batch" \
                {{ProtocolOf(specification)}} \
                --input-size {{specification.Model.InputSize}}{{DetectorOf(specification)}} \
                --detections "detections-$engine.json" > "$engine.evaluate.log" 2>&1; then
                detections="\"detections-$engine.json\""
            else
                tail -n 5 "$engine.evaluate.log" >&2
                failed=1
            fi
        """;

    // Everything that AP depends on: the command's defaults need not be the run's.
    private static string ProtocolOf(RunSpecification specification)
    {
        var evaluation = specification.Evaluation;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"--protocol {evaluation.Protocol} --load-size {evaluation.LoadSize} --confidence {evaluation.Confidence} "
            + $"--iou {evaluation.Iou} --max-detections {evaluation.MaxDetections}");
    }

    // A name of an output may hold a quote.
    private static string DetectorOf(RunSpecification specification) => specification.Model.Detector is { } detector
        ? $" --detector '{JsonSerializer.Serialize(detector, PipelineJson.Compact).Replace("'", "'\\''", StringComparison.Ordinal)}'"
        : "";

    private static string ReadMe(RunSpecification specification) =>
        $"""
        TensorRT engines of the run '{specification.Name}'

        1. Copy this folder to a machine with TensorRT 8 to 11 and a GPU.
        2. ./{TensorRtDelivery.Script}
           builds and times every engine and writes {TensorRtDelivery.Results}. trtexec must be on the PATH, or TRTEXEC must name it.
           QAT=/path/to/qat ./{TensorRtDelivery.Script} PICTURES
           also runs every engine over the validation pictures in that folder ({ImageList} lists them).
        3. Bring this folder, or {TensorRtDelivery.Results} and the files detections-*.json beside it, back to the run:
           qat import-results RUN {TensorRtDelivery.Results}

        {TensorRtDelivery.CommandFile} has the exact command lines for TensorRT 8.4, 10 and 11.

        """;

    /// <summary>The same files are the same bytes: no times, no owners.</summary>
    private static async Task PackAsync(string folder, string archive, CancellationToken cancellationToken)
    {
        await using var stream = File.Create(archive);
        await using var writer = new TarWriter(stream, TarEntryFormat.Ustar);
        foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            await using var content = File.OpenRead(file);
            await writer.WriteEntryAsync(
                new UstarTarEntry(TarEntryType.RegularFile, $"{Path.GetFileName(folder)}/{Path.GetFileName(file)}")
                {
                    DataStream = content,
                    ModificationTime = DateTimeOffset.UnixEpoch,
                    Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead
                        | (Path.GetExtension(file) == ".sh"
                            ? UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
                            : UnixFileMode.None),
                },
                cancellationToken);
        }
    }
}
