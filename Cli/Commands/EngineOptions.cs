using System.Globalization;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Engines;
using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Engines.TensorRt;
using QatPipeline.Stages.Torch.Engines;

namespace QatPipeline.Cli.Commands;

/// <summary>What the verbs about engines share: target and builder, precision, batches, and how an engine is timed.</summary>
internal sealed class EngineOptions
{
    private const string EngineExtension = ".engine";
    private static readonly TimingOptions Defaults = new();

    private static readonly Dictionary<string, EnginePrecision> Precisions =
        Enum.GetValues<EnginePrecision>().ToDictionary(precision => precision.ToName(), StringComparer.Ordinal);

    private readonly Option<string?> _target;
    private readonly Option<string?> _precision = new("--precision")
    {
        Description = "fp32, fp16 or int8; default: int8 where the model has scales or a cache gives them, else fp32",
    };

    private readonly Option<string?> _cache = new("--calib")
    {
        Description = "Calibration cache, for a model without Q/DQ (TensorRT up to 10)",
        HelpName = "FILE",
    };

    private readonly Option<string?> _trtexec = new("--trtexec")
    {
        Description = "TensorRT's builder; default: searched on PATH",
        HelpName = "FILE",
    };

    private readonly Option<string[]> _extra = new("--extra")
    {
        Description = "An argument for trtexec as it is, such as --extra=--useCudaGraph; may be given several times",
        HelpName = "ARG",
    };

    private readonly Option<int> _threads = new("--threads") { Description = "Threads of a CPU engine; 0 takes the physical cores" };

    private readonly Option<string> _batch;

    private readonly Option<double> _percentile = Timing(
        "--percentile", "Latency percentile reported, 0…100; not one of calibration", Defaults.Percentile);

    private readonly Option<int> _streams = Timing("--streams", "Batches in flight at a time while timing", Defaults.Streams);

    private readonly Option<int> _averaged = Timing(
        "--avg-runs", "Consecutive batches that are averaged in the report (--json)", Defaults.AvgRuns);

    private readonly Option<double> _duration = Timing(
        "--duration", "Seconds of timed running per batch size", Defaults.Duration.TotalSeconds);

    /// <param name="batches">The default of <c>--batch</c>.</param>
    /// <param name="requiresTarget">False takes the target from the model's name where none is given.</param>
    public EngineOptions(string batches, bool requiresTarget = false)
    {
        string[] names = [TargetNames.OrtCpu, TargetNames.TensorRt, TargetNames.TorchInt8];
        _target = new("--target")
        {
            Description = string.Join(", ", names[..^1]) + $" or {names[^1]}" + (requiresTarget
                ? ""
                : $"; default: tensorrt for {EngineExtension} files, torch-int8 for {TorchInt8Backend.Extension} files, else ort-cpu"),
            Required = requiresTarget,
        };
        _target.AcceptOnlyFromAmong(names);
        _precision.AcceptOnlyFromAmong([.. Precisions.Keys]);
        _batch = new("--batch") { Description = "Batch sizes, comma-separated", DefaultValueFactory = _ => batches };
    }

    /// <summary>The options of building, without those of timing.</summary>
    public IEnumerable<Option> ForBuilding => [_target, _precision, _batch, _cache, _trtexec, _extra, _threads];

    /// <summary>The options of timing.</summary>
    public IEnumerable<Option> ForTiming => [_percentile, _streams, _averaged, _duration];

    /// <summary>Whether the file is an engine already, and no model to build one from.</summary>
    public static bool IsBuilt(string path) => BuilderOf(path) is not null;

    public IReadOnlyList<int> BatchesOf(ParseResult parsed)
    {
        var text = parsed.GetRequiredValue(_batch);
        return Array.ConvertAll(text.Split(','), part =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0
                ? size
                : throw new EngineException($"--batch '{text}': expected positive whole numbers separated by commas, such as 1,32."));
    }

    public TimingOptions TimingOf(ParseResult parsed) => new()
    {
        Percentile = parsed.GetValue(_percentile),
        Streams = parsed.GetValue(_streams),
        AvgRuns = parsed.GetValue(_averaged),
        Duration = TimeSpan.FromSeconds(parsed.GetValue(_duration)),
    };

    /// <exception cref="EngineException">An option is not one of the target, or the model not one it runs.</exception>
    public IEngineBackend BackendOf(ParseResult parsed, string model)
    {
        var builder = BuilderOf(model);
        var target = parsed.GetValue(_target) ?? builder ?? TargetNames.OrtCpu;
        if (builder is not null && builder != target)
        {
            throw new EngineException($"'{model}' is an engine of {builder}, which {target} cannot run: leave --target out.");
        }

        if (target == TargetNames.TensorRt)
        {
            return new TensorRtBackend(new TensorRtOptions
            {
                TrtexecPath = parsed.GetValue(_trtexec),
                ExtraArguments = parsed.GetValue(_extra) ?? [],
            });
        }

        Option[] foreign = [_cache, _trtexec, _extra];
        if (foreign.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } option)
        {
            throw new EngineException($"{option.Name} is for TensorRT, not for {target}: leave it out, or set --target tensorrt.");
        }

        var threads = parsed.GetValue(_threads);
        return target == TargetNames.TorchInt8
            ? new TorchInt8Backend(threads)
            : new OrtCpuBackend(new OrtCpuOptions { Threads = threads });
    }

    /// <summary>What to build from a model, once it is known that the precision can be had from it.</summary>
    /// <exception cref="EngineException">The model does not give that precision.</exception>
    public EngineBuildRequest RequestOf(
        ParseResult parsed, string model, string folder, IReadOnlyList<int> batches, TimingOptions timing)
    {
        var cache = parsed.GetValue(_cache);
        var asked = parsed.GetValue(_precision) is { } name ? Precisions[name] : (EnginePrecision?)null;
        var precision = ModelPrecision.Of(model, asked, hasCache: cache is not null);
        return new EngineBuildRequest
        {
            OnnxPath = model,
            OutputFolder = folder,
            Name = $"{Path.GetFileNameWithoutExtension(model)}.{precision.ToName()}",
            Precision = precision,
            CalibrationCachePath = cache,
            Batches = batches,
            Timing = timing,
        };
    }

    private static string? BuilderOf(string path) => Path.GetExtension(path) switch
    {
        EngineExtension => TargetNames.TensorRt,
        TorchInt8Backend.Extension => TargetNames.TorchInt8,
        _ => null,
    };

    private static Option<T> Timing<T>(string name, string description, T value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };
}
