using System.ComponentModel.DataAnnotations;

namespace QatPipeline.Contracts;

/// <summary>
/// What a run shall do: the content of run.yaml. Every key, its default and its range are documented in docs/run-specification.md;
/// paths are relative to the file's folder until the specification is submitted, absolute from then on.
/// </summary>
public sealed record RunSpecification
{
    /// <summary>Name of the run, for people: reports show it.</summary>
    public required string Name { get; init; }

    /// <summary>Seed of everything random in the run.</summary>
    public long Seed { get; init; }

    /// <summary>The detector the run starts from.</summary>
    public required ModelSpecification Model { get; init; }

    /// <summary>The images of every split.</summary>
    public required DataSpecification Data { get; init; }

    /// <summary>The engine the run is made for: <c>ort-cpu</c> or <c>tensorrt</c>. The numeric scheme follows it.</summary>
    [AllowedValues("ort-cpu", "tensorrt")]
    public string Target { get; init; } = "ort-cpu";

    /// <summary>Float training before quantization; null starts from the model's own weights.</summary>
    public TrainSpecification? Train { get; init; }

    /// <summary>How ranges are collected and chosen; the defaults where the key is missing.</summary>
    public CalibrationSpecification Calibration { get; init; } = new();

    /// <summary>How layers are chosen that stay float; the defaults where the key is missing.</summary>
    public PartialSpecification Partial { get; init; } = new();

    /// <summary>Quantization-aware training; null goes from post-training quantization straight to the engine.</summary>
    public QatSpecification? Qat { get; init; } = new();

    /// <summary>How engines are built and timed; the defaults where the key is missing.</summary>
    public BuildSpecification Build { get; init; } = new();

    /// <summary>How AP is measured; the defaults where the key is missing.</summary>
    public EvaluationSpecification Evaluation { get; init; } = new();
}

/// <summary>The float detector: an ONNX file, or a YOLOv6 network of this project with a checkpoint.</summary>
public sealed record ModelSpecification
{
    /// <summary>Path of a float detector in ONNX; excludes <see cref="Yolov6"/>.</summary>
    [FilePath]
    public string? Onnx { get; init; }

    /// <summary>A YOLOv6 network of this project; excludes <see cref="Onnx"/>.</summary>
    public Yolov6Specification? Yolov6 { get; init; }

    /// <summary>Side of the square network input in pixels; 0 takes the model's own.</summary>
    [Range(0, 4096)]
    public int InputSize { get; init; }
}

/// <summary>A YOLOv6 network built by this project.</summary>
public sealed record Yolov6Specification
{
    /// <summary><c>n</c>, <c>t</c> or <c>s</c>.</summary>
    [AllowedValues("n", "t", "s")]
    public string Variant { get; init; } = "s";

    /// <summary>Channel multiple; 0 takes the variant's own (0.25, 0.375, 0.5).</summary>
    [Range(0.0, 4.0)]
    public double Width { get; init; }

    /// <summary>Block repeat multiple; 0 takes the variants' 0.33.</summary>
    [Range(0.0, 4.0)]
    public double Depth { get; init; }

    /// <summary><c>repopt</c>, <c>repvgg</c> or <c>hyper-search</c>.</summary>
    [AllowedValues("repopt", "repvgg", "hyper-search")]
    public string Form { get; init; } = "repopt";

    /// <summary>Path of a checkpoint (.pt, .safetensors, .onnx); null starts from the seed.</summary>
    [FilePath]
    public string? Checkpoint { get; init; }

    /// <summary>Path of a hyper-search checkpoint or scale file for RepOpt training.</summary>
    [FilePath]
    public string? Scales { get; init; }
}

/// <summary>The data sets: calibration and training data are never evaluated on.</summary>
public sealed record DataSpecification
{
    /// <summary>Images that ranges are collected on and choices are made by; never evaluated on.</summary>
    public IReadOnlyList<DatasetSpecification> Calibration { get; init; } = [];

    /// <summary>Images of float training and quantization-aware training.</summary>
    public IReadOnlyList<DatasetSpecification> Training { get; init; } = [];

    /// <summary>Images that every variant is judged on; nothing is chosen by them.</summary>
    public IReadOnlyList<DatasetSpecification> Validation { get; init; } = [];

    /// <summary>Unreadable images: <c>skip</c> reports and skips them, <c>fail</c> ends the run.</summary>
    [AllowedValues("skip", "fail")]
    public string OnBadImage { get; init; } = "skip";
}

/// <summary>One data set: a COCO annotation file with its image folder, a YOLO folder, or a generated demo set.</summary>
public sealed record DatasetSpecification
{
    /// <summary>COCO JSON; excludes <see cref="Yolo"/> and <see cref="Synthetic"/>.</summary>
    [FilePath]
    public string? Annotations { get; init; }

    /// <summary>Folder the annotation file's image names are relative to.</summary>
    [FilePath]
    public string? Images { get; init; }

    /// <summary>Folder with images and labels in the YOLO layout.</summary>
    [FilePath]
    public string? Yolo { get; init; }

    /// <summary>A generated data set; excludes <see cref="Annotations"/> and <see cref="Yolo"/>.</summary>
    public SyntheticSpecification? Synthetic { get; init; }

    /// <summary>Takes only the first so many images; 0 takes all.</summary>
    [Range(0, int.MaxValue)]
    public int Limit { get; init; }
}

/// <summary>A generated detection data set, the same pixels for the same seed.</summary>
public sealed record SyntheticSpecification
{
    /// <summary>Number of pictures, 1…1,000,000; 500 by default.</summary>
    [Range(1, 1_000_000)]
    public int Images { get; init; } = 500;

    /// <summary>Seed of the pictures and their objects; 0 by default.</summary>
    [Range(0.0, int.MaxValue)]
    public long Seed { get; init; }

    /// <summary>Side of the square pictures in pixels.</summary>
    [Range(64, 2048)]
    public int Size { get; init; } = 256;

    /// <summary>Most objects in a picture.</summary>
    [Range(1, 100)]
    public int Objects { get; init; } = 9;

    /// <summary>Diameter of the smallest object as a part of the picture's side.</summary>
    [Range(0.01, 1.0)]
    public double Smallest { get; init; } = 0.045;

    /// <summary>Diameter of the largest object as a part of the picture's side.</summary>
    [Range(0.01, 1.0)]
    public double Largest { get; init; } = 0.42;

    /// <summary>Standard deviation of the strongest sensor noise, in grey levels of 255.</summary>
    [Range(0.0, 100.0)]
    public double Noise { get; init; } = 26;

    /// <summary>Share of the objects that have a colour of their class; the others are told apart by outline alone.</summary>
    [Range(0.0, 1.0)]
    public double ColorHint { get; init; }
}

/// <summary>Float training of a YOLOv6 network.</summary>
public sealed record TrainSpecification
{
    /// <summary>Passes over the training images, 1…10,000.</summary>
    [Range(1, 10_000)]
    public int Epochs { get; init; } = 300;

    /// <summary>Passes of the search for RepOpt scales, which comes before the training where no scales are given.</summary>
    [Range(0, 10_000)]
    public int HyperSearchEpochs { get; init; }

    /// <summary>Images in a forward pass, 1…4096; see <see cref="NominalBatch"/> for the step of the optimizer.</summary>
    [Range(1, 4096)]
    public int Batch { get; init; } = 32;

    /// <summary>Learning rate after the warm-up.</summary>
    [Range(1e-9, 10.0)]
    public double LearningRate { get; init; } = 0.01;

    /// <summary>Last learning rate as a part of the first.</summary>
    [Range(0.0, 1.0)]
    public double FinalLearningRateFactor { get; init; } = 0.01;

    /// <summary>Images a step of the optimizer stands for: smaller batches are accumulated to it.</summary>
    [Range(1, 65_536)]
    public int NominalBatch { get; init; } = 64;

    /// <summary>Rising learning rate at the start; at most a tenth of the training.</summary>
    [Range(0.0, 10_000.0)]
    public double WarmUpEpochs { get; init; } = 3;

    /// <summary>Epochs with the ATSS assigner before the task-aligned one.</summary>
    [Range(0, 10_000)]
    public int AtssEpochs { get; init; } = 4;

    /// <summary>Probability of composing four images.</summary>
    [Range(0.0, 1.0)]
    public double Mosaic { get; init; } = 1;

    /// <summary>Probability of blending a mosaic with a second one.</summary>
    [Range(0.0, 1.0)]
    public double Mixup { get; init; }

    /// <summary>Epochs at the end without mosaic and mixup, where the training is longer than that.</summary>
    [Range(0, 10_000)]
    public int PlainEpochs { get; init; } = 15;
}

/// <summary>Collection of ranges and post-training quantization.</summary>
public sealed record CalibrationSpecification
{
    /// <summary>Number of images, in the list's order; 0 takes all.</summary>
    [Range(0, 1_000_000)]
    public int Images { get; init; } = 128;

    /// <summary>Images in a forward pass while ranges are collected, 1…4096.</summary>
    [Range(1, 4096)]
    public int Batch { get; init; } = 8;

    /// <summary>The calibration methods to measure, each a pass of evaluation; names as in <see cref="Method"/>.</summary>
    public IReadOnlyList<string> Methods { get; init; } = ["max", "percentile", "mse", "entropy"];

    /// <summary><c>best</c> keeps the method with the highest AP on the selection images, or a method's name.</summary>
    [AllowedValues("best", "max", "percentile", "mse", "entropy", "average-max")]
    public string Method { get; init; } = "best";

    /// <summary>Percentile of the method of that name.</summary>
    [Range(50.0, 100.0)]
    public double Percentile { get; init; } = 99.99;

    /// <summary>Whether biases are corrected after calibration; the correction is kept only where AP does not fall.</summary>
    public bool BiasCorrection { get; init; } = true;

    /// <summary>
    /// Bits of weight codes: 8, or 7, with which integer kernels stay exact on processors without VNNI too; 0 takes the target's, 7 for
    /// ort-cpu and 8 for tensorrt.
    /// </summary>
    [AllowedValues(0, 7, 8)]
    public int WeightBits { get; init; }
}

/// <summary>The search that leaves as few layers float as the budget allows.</summary>
public sealed record PartialSpecification
{
    /// <summary>Whether to search; without it, everything that was placed stays quantized.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// What is quantized to begin with: <c>fastest</c>, the layers for which integers save estimated time on ort-cpu, or <c>all</c> that can be.
    /// </summary>
    [AllowedValues("fastest", "all")]
    public string Placement { get; init; } = "fastest";

    /// <summary>Accepted AP loss against float (AP in 0…1).</summary>
    [Range(0.0, 1.0)]
    public double MaxApLoss { get; init; } = 0.01;

    /// <summary>Accepted AP loss in place of <see cref="MaxApLoss"/> where training follows, which recovers most of it.</summary>
    [Range(0.0, 1.0)]
    public double MaxApLossBeforeTraining { get; init; } = 0.02;

    /// <summary>The engine must be at least so many times as fast as the float engine; 0 sets no limit.</summary>
    [Range(0.0, 100.0)]
    public double MinSpeedup { get; init; }

    /// <summary>Choices the search may measure.</summary>
    [Range(1, 1000)]
    public int MaxMeasurements { get; init; } = 12;

    /// <summary>Calibration images a choice is measured on, the first of the list; 0 takes all.</summary>
    [Range(0, 1_000_000)]
    public int Images { get; init; } = 128;

    /// <summary>Calibration images that errors and sensitivities of single layers are measured on, the first of the list.</summary>
    [Range(1, 10_000)]
    public int AnalysisImages { get; init; } = 8;

    /// <summary>Node name patterns (glob) that stay float whatever the search says.</summary>
    public IReadOnlyList<string> Skip { get; init; } = [];
}

/// <summary>Quantization-aware training.</summary>
public sealed record QatSpecification
{
    /// <summary>Passes over the training images, 1…1000.</summary>
    [Range(1, 1000)]
    public int Epochs { get; init; } = 6;

    /// <summary>Images in a step of the optimizer, 1…4096.</summary>
    [Range(1, 4096)]
    public int Batch { get; init; } = 16;

    /// <summary>Learning rate at the start of the schedule.</summary>
    [Range(1e-9, 1.0)]
    public double LearningRate { get; init; } = 2e-4;

    /// <summary>Last learning rate as a part of the first, 0…1.</summary>
    [Range(0.0, 1.0)]
    public double FinalLearningRateFactor { get; init; } = 0.01;

    /// <summary>Weight of the channel-wise feature distillation.</summary>
    [Range(0.0, 1e6)]
    public double FeatureDistillation { get; init; } = 1;

    /// <summary>Weight of the distillation of the network's predictions.</summary>
    [Range(0.0, 1e6)]
    public double OutputDistillation { get; init; } = 1;

    /// <summary>Weight of the task loss on the training images' labels; YOLOv6 networks only, others have none.</summary>
    [Range(0.0, 1e6)]
    public double TaskLoss { get; init; } = 1;

    /// <summary>Whether the ranges of activations are trained along with the weights.</summary>
    public bool LearnRanges { get; init; } = true;

    /// <summary><c>default</c> or <c>strict</c>: the sensible settings, or every switch of the reference.</summary>
    [AllowedValues("default", "strict")]
    public string Profile { get; init; } = "default";
}

/// <summary>Engine building and timing.</summary>
public sealed record BuildSpecification
{
    /// <summary>Batch sizes, in images, that engines are timed at.</summary>
    public IReadOnlyList<int> Batches { get; init; } = [1, 32];

    /// <summary>Threads of the CPU engine; 0 takes the physical cores.</summary>
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Untimed work before each timing, in milliseconds.</summary>
    [Range(0, 600_000)]
    public int WarmUpMilliseconds { get; init; } = 500;

    /// <summary>Length of each timing, in milliseconds.</summary>
    [Range(1, 600_000)]
    public int DurationMilliseconds { get; init; } = 3000;

    /// <summary>Path of trtexec; null searches PATH.</summary>
    [FilePath]
    public string? Trtexec { get; init; }
}

/// <summary>How AP is measured; the same for every variant of a run.</summary>
public sealed record EvaluationSpecification
{
    /// <summary><c>E1</c>, <c>E2</c> or <c>E3</c>.</summary>
    [AllowedValues("E1", "E2", "E3")]
    public string Protocol { get; init; } = "E2";

    /// <summary>Side images are loaded at before the letterbox; 0 takes the protocol's.</summary>
    [Range(0, 4096)]
    public int LoadSize { get; init; }

    /// <summary>Least score of a detection, 0…1.</summary>
    [Range(0.0, 1.0)]
    public double Confidence { get; init; } = 0.03;

    /// <summary>Overlap above which non-maximum suppression drops the weaker detection, 0…1.</summary>
    [Range(0.0, 1.0)]
    public double Iou { get; init; } = 0.65;

    /// <summary>Most detections kept in an image, the best first.</summary>
    [Range(1, 10_000)]
    public int MaxDetections { get; init; } = 300;

    /// <summary>Resamples of the paired bootstrap.</summary>
    [Range(0, 100_000)]
    public int BootstrapReplicates { get; init; } = 1000;

    /// <summary>Images in a forward pass of the evaluation, 1…4096.</summary>
    [Range(1, 4096)]
    public int Batch { get; init; } = 8;
}
