namespace QatPipeline.Engines;

/// <summary>The arithmetic an engine may use.</summary>
public enum EnginePrecision
{
    /// <summary>float32 throughout.</summary>
    Float,

    /// <summary>float16 where it is faster, float32 elsewhere.</summary>
    Half,

    /// <summary>int8 where the model is quantized; what is not runs in float16 where that is faster, else float32.</summary>
    Int8,
}

/// <summary>What to build.</summary>
public sealed record EngineBuildRequest
{
    /// <summary>The model.</summary>
    public required string OnnxPath { get; init; }

    /// <summary>Receives the engine and what belongs to it; created where missing.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>Stem of the files' names, such as <c>yolov6s.int8</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Stem of the names that model and cache get; <see cref="Name"/> where null.</summary>
    public string? ModelName { get; init; }

    /// <summary>The arithmetic allowed.</summary>
    public required EnginePrecision Precision { get; init; }

    /// <summary>
    /// The scales of a model without Q/DQ (TensorRT's implicit route, up to version 10); null for a model that carries its own.
    /// </summary>
    public string? CalibrationCachePath { get; init; }

    /// <summary>Batch sizes to build for, where the back end builds one engine a size and the model leaves the batch open.</summary>
    public IReadOnlyList<int> Batches { get; init; } = [1];

    /// <summary>The image input; read from the model where null.</summary>
    public EngineTensorInfo? Input { get; init; }

    /// <summary>How to time engines that are timed while they are built.</summary>
    public TimingOptions Timing { get; init; } = new();
}
