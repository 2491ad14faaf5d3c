namespace QatPipeline.Yolov6.Networks;

/// <summary>How the 3×3 blocks of backbone and neck are built (reference 1.3).</summary>
public enum Yolov6Form
{
    /// <summary>RepVGG with its branches, each with a batch normalization.</summary>
    RepVggTraining,

    /// <summary>RepVGG with the branches merged into one convolution with bias.</summary>
    RepVggDeploy,

    /// <summary>The plain network that RepOptimizer trains: convolution and batch normalization.</summary>
    RepOpt,

    /// <summary>Branches with learned scales and one batch normalization: the stage that finds RepOptimizer's scales.</summary>
    HyperSearch,

    /// <summary>Every convolution with its batch normalization folded into weight and bias.</summary>
    Fused,
}

/// <summary>Non-maximum suppression inside the graph (reference 7.6).</summary>
public enum EndToEnd
{
    /// <summary>The outputs are those of all anchors, for post-processing outside.</summary>
    None,

    /// <summary>The plugin EfficientNMS_TRT.</summary>
    TensorRt8,

    /// <summary>The plugin BatchedNMSDynamic_TRT.</summary>
    TensorRt7,

    /// <summary>NonMaxSuppression and standard operators around it.</summary>
    OnnxRuntime,
}

/// <summary>What a YOLOv6 network is built for.</summary>
public sealed record Yolov6Options
{
    /// <summary>In pixels; both sides of the input are multiples of it.</summary>
    public const int LargestStride = 32;

    /// <summary>Width of all layers against the base network: S 0.5, T 0.375, N 0.25; smaller for small jobs.</summary>
    public double WidthMultiple { get; init; } = 0.5;

    /// <summary>Length of the stages against the base network.</summary>
    public double DepthMultiple { get; init; } = 0.33;

    /// <summary>K, at least 1; 80 for COCO.</summary>
    public int ClassCount { get; init; } = 80;

    /// <summary>How its blocks are built: decides what can be trained, exported, or read from a checkpoint.</summary>
    public Yolov6Form Form { get; init; } = Yolov6Form.RepOpt;

    /// <summary>In pixels, a multiple of 32.</summary>
    public int InputHeight { get; init; } = 640;

    /// <summary>In pixels, a multiple of 32.</summary>
    public int InputWidth { get; init; } = 640;

    /// <summary>
    /// The input's height and width stay open, each a multiple of 32, and the anchors follow them: for evaluation on rectangles (reference
    /// 8.4). <see cref="InputHeight"/> and <see cref="InputWidth"/> are then what the network is made for.
    /// </summary>
    public bool FollowsInputSize { get; init; }

    /// <summary>A fixed batch size, or null for a dynamic one.</summary>
    public int? Batch { get; init; }

    /// <summary>Outputs of all anchors unless told otherwise.</summary>
    public EndToEnd EndToEnd { get; init; }

    /// <summary>Detections an image with <see cref="EndToEnd"/>.</summary>
    public int MaxDetections { get; init; } = 100;

    /// <summary>Overlap above which <see cref="EndToEnd"/> suppresses the weaker of two boxes, in 0…1.</summary>
    public float IouThreshold { get; init; } = 0.45f;

    /// <summary>Least score of a detection of <see cref="EndToEnd"/>, in 0…1.</summary>
    public float ScoreThreshold { get; init; } = 0.4f;

    /// <summary>The input is BGR in 0…255, converted inside the graph; otherwise RGB in 0…1.</summary>
    public bool WithPreprocessing { get; init; }

    /// <summary>Seed of the initial weights.</summary>
    public ulong Seed { get; init; }

    /// <summary>YOLOv6-N: 4.3 million parameters for COCO (reference 1.7).</summary>
    public static Yolov6Options N { get; } = new() { WidthMultiple = 0.25 };

    /// <summary>YOLOv6-T: 9.7 million parameters for COCO.</summary>
    public static Yolov6Options T { get; } = new() { WidthMultiple = 0.375 };

    /// <summary>YOLOv6-S, the defaults: 17.2 million parameters for COCO.</summary>
    public static Yolov6Options S { get; } = new();

    /// <exception cref="ArgumentException">Names the option and its range.</exception>
    internal void Validate()
    {
        Require(WidthMultiple is > 0 and <= 2, $"{nameof(WidthMultiple)} is {WidthMultiple}; it must lie in (0, 2]");
        Require(DepthMultiple is > 0 and <= 2, $"{nameof(DepthMultiple)} is {DepthMultiple}; it must lie in (0, 2]");
        Require(ClassCount > 0, $"{nameof(ClassCount)} is {ClassCount}; it must be positive");
        Require(Batch is null or > 0, $"{nameof(Batch)} is {Batch}; it must be positive, or null for a dynamic batch");
        Require(MaxDetections > 0, $"{nameof(MaxDetections)} is {MaxDetections}; it must be positive");
        Require(
            !FollowsInputSize || EndToEnd == EndToEnd.None,
            $"{nameof(FollowsInputSize)} is set together with {nameof(EndToEnd)}, which needs a fixed number of anchors");
        foreach (var (name, size) in new[] { (nameof(InputHeight), InputHeight), (nameof(InputWidth), InputWidth) })
        {
            Require(size > 0 && size % LargestStride == 0, $"{name} is {size}; it must be a multiple of {LargestStride}");
        }
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new ArgumentException(otherwise + ".");
        }
    }
}
