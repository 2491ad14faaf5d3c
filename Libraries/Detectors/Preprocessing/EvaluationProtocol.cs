namespace QatPipeline.Detectors.Preprocessing;

/// <summary>
/// How images become network inputs and coordinates return (reference 8.2, 8.4, 9.2). AP figures are comparable within one protocol only.
/// </summary>
/// <param name="Name">E1, E2 or E3.</param>
/// <param name="InputSize">Longer side of the network's canvas in pixels.</param>
/// <param name="LoadSize">Longer side an image is resized to before the letterbox.</param>
/// <param name="IsRectangular">
/// True: batches of similar shape on the smallest canvas that holds them; false: a square canvas always.
/// </param>
/// <param name="IntegerPad">True: coordinates return by the integer pad; false: by the fractional one.</param>
/// <param name="ExactGain">True: x and y return by their own gains; false: both by the vertical one.</param>
public sealed record EvaluationProtocol(string Name, int InputSize, int LoadSize, bool IsRectangular, bool IntegerPad, bool ExactGain)
{
    /// <summary>Network strides canvas sides are multiples of.</summary>
    private const int Stride = 32;

    /// <summary>Border of rectangular canvases in strides.</summary>
    private const double RectangularPad = 0.5;

    /// <summary>Height of the canvas in pixels where it is always the same.</summary>
    public int Height { get; init; } = InputSize;

    /// <summary>Width of the canvas in pixels where it is always the same.</summary>
    public int Width { get; init; } = InputSize;

    /// <summary>Where pictures lie on the canvas.</summary>
    public Placement Placement { get; init; }

    /// <summary>Default of in-training evaluation: rectangular canvases with half a stride of border.</summary>
    public static EvaluationProtocol E1(int inputSize = 640, int loadSize = 0) =>
        new("E1", inputSize, loadSize > 0 ? loadSize : inputSize, IsRectangular: true, IntegerPad: false, ExactGain: false);

    /// <summary>The published accuracy figures: square canvas, at 640 images are loaded at 638.</summary>
    public static EvaluationProtocol E2(int inputSize = 640, int loadSize = 0) =>
        new(
            "E2",
            inputSize,
            loadSize > 0 ? loadSize : inputSize == 640 ? 638 : inputSize,
            IsRectangular: false,
            IntegerPad: true,
            ExactGain: true);

    /// <summary>The TensorRT script: as E2, at 640 images are loaded at 634.</summary>
    public static EvaluationProtocol E3(int inputSize = 640, int loadSize = 0) =>
        new(
            "E3",
            inputSize,
            loadSize > 0 ? loadSize : inputSize == 640 ? 634 : inputSize,
            IsRectangular: false,
            IntegerPad: true,
            ExactGain: true);

    /// <exception cref="ArgumentException">No protocol of that name.</exception>
    public static EvaluationProtocol Named(string name, int inputSize, int loadSize) => name switch
    {
        "E1" => E1(inputSize, loadSize),
        "E2" => E2(inputSize, loadSize),
        "E3" => E3(inputSize, loadSize),
        _ => throw new ArgumentException($"No evaluation protocol '{name}': E1, E2 or E3.", nameof(name)),
    };

    /// <summary>Canvas (height, width) of a batch whose images have these ratios h/w (reference 8.4).</summary>
    public (int Height, int Width) CanvasFor(IReadOnlyCollection<double> ratios)
    {
        if (!IsRectangular)
        {
            return (Height, Width);
        }

        var (minimum, maximum) = (ratios.Min(), ratios.Max());
        var (height, width) = maximum < 1 ? (maximum, 1.0) : minimum > 1 ? (1.0, 1 / minimum) : (1.0, 1.0);
        return (Side(height), Side(width));

        int Side(double part) => (int)Math.Ceiling((part * InputSize / Stride) + RectangularPad) * Stride;
    }
}
