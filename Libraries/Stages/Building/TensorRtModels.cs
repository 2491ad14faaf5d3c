using QatPipeline.Engines;
using QatPipeline.Engines.TensorRt;
using QatPipeline.Stages.Reports;

namespace QatPipeline.Stages.Building;

/// <summary>What TensorRT's engines are built from.</summary>
internal sealed class TensorRtModels
{
    /// <summary>The route by a model with Q/DQ nodes.</summary>
    public const string Explicit = "explicit";

    private const string Implicit = "implicit";

    private readonly BuildSpecification _build;
    private readonly TimingOptions _timing;
    private readonly string _floatModel;
    private readonly string _explicitModel;
    private readonly (string Model, string Cache)? _implicit;

    private TensorRtModels(
        IStageContext context, TimingOptions timing, string floatModel, string explicitModel, (string Model, string Cache)? implicitModel)
    {
        (_build, _timing, _floatModel, _explicitModel, _implicit) =
            (context.Specification.Build, timing, floatModel, explicitModel, implicitModel);
        Folder = Path.Combine(Path.GetDirectoryName(context.OutputPath(ArtifactNames.TensorRtBuild))!, "..", "tensorrt-delivery");
    }

    /// <summary>The precisions in the order of the report's rows.</summary>
    public static IReadOnlyList<EnginePrecision> Precisions { get; } = [EnginePrecision.Float, EnginePrecision.Half, EnginePrecision.Int8];

    /// <summary>Where models and engines are put together.</summary>
    public string Folder { get; }

    /// <exception cref="StageInputException">The route asked for needs a calibration cache, and the run has none.</exception>
    public static async Task<TensorRtModels> OpenAsync(IStageContext context, TimingOptions timing, CancellationToken cancellationToken)
    {
        var route = context.Specification.Build.Route;
        var hasCache = context.HasInput(ArtifactNames.TensorRtImplicitForm) && context.HasInput(ArtifactNames.CalibrationCache);
        if (route == Implicit && !hasCache)
        {
            throw new StageInputException(
                $"build.route is implicit, but the run has no '{ArtifactNames.TensorRtImplicitForm}' with its calibration cache: ranges "
                + "that were trained for another target cannot always be written as one. Set build.route to explicit, or make tensorrt "
                + "the first of targets.");
        }

        return new TensorRtModels(
            context,
            timing,
            await context.OpenInputAsync(ArtifactNames.FloatForm, cancellationToken),
            await context.OpenInputAsync(ArtifactNames.TensorRtQdqForm, cancellationToken),
            route == Explicit || !hasCache
                ? null
                : (await context.OpenInputAsync(ArtifactNames.TensorRtImplicitForm, cancellationToken),
                    await context.OpenInputAsync(ArtifactNames.CalibrationCache, cancellationToken)));
    }

    /// <summary><c>explicit</c> or <c>implicit</c>.</summary>
    public string RouteOf(TrtexecVersion version) => UsesCache(version) ? Implicit : Explicit;

    /// <summary>What a version builds the engines of a precision from.</summary>
    public EngineBuildRequest RequestOf(EnginePrecision precision, TrtexecVersion version) =>
        Request(precision, precision == EnginePrecision.Int8 && UsesCache(version));

    /// <summary>What every version builds the engines of a precision from; versions before 8.4 may build them from something else.</summary>
    public (EngineBuildRequest Request, EngineBuildRequest? Older) RequestsOf(EnginePrecision precision) =>
        precision != EnginePrecision.Int8 || _implicit is null ? (Request(precision, usesCache: false), null)
        : _build.Route == Implicit ? (Request(precision, usesCache: true), null)
        : (Request(precision, usesCache: false), Request(precision, usesCache: true) with { ModelName = "tensorrt-int8-implicit" });

    private bool UsesCache(TrtexecVersion version) =>
        _build.Route == Implicit || (_implicit is not null && (version.Major, version.Minor).CompareTo((8, 4)) < 0);

    private EngineBuildRequest Request(EnginePrecision precision, bool usesCache) => new()
    {
        OnnxPath = precision != EnginePrecision.Int8 ? _floatModel : usesCache ? _implicit!.Value.Model : _explicitModel,
        CalibrationCachePath = usesCache ? _implicit!.Value.Cache : null,
        OutputFolder = Folder,
        Name = new TensorRtEngineName(precision, 1).Model,
        Precision = precision,
        Batches = _build.Batches,
        Timing = _timing,
    };
}
