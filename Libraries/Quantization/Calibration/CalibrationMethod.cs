namespace QatPipeline.Quantization.Calibration;

/// <summary>How the range of an activation is chosen from what was observed (reference 5.3).</summary>
public enum CalibrationMethod
{
    /// <summary>The largest magnitude seen.</summary>
    Max,

    /// <summary>The magnitude that a given percentage of all values stays below.</summary>
    Percentile,

    /// <summary>The bound with the least squared quantization error.</summary>
    Mse,

    /// <summary>The bound with the least Kullback-Leibler divergence between the distribution and its quantized form.</summary>
    Entropy,

    /// <summary>
    /// Mean over images of each image's minimum and maximum: robust against single images, as networks without ReLU need.
    /// </summary>
    AverageMax,
}

/// <summary>The names of the methods in run specifications and reports.</summary>
public static class CalibrationMethods
{
    private static readonly (CalibrationMethod Method, string Name)[] Table =
    [
        (CalibrationMethod.Max, "max"),
        (CalibrationMethod.Percentile, "percentile"),
        (CalibrationMethod.Mse, "mse"),
        (CalibrationMethod.Entropy, "entropy"),
        (CalibrationMethod.AverageMax, "average-max"),
    ];

    /// <summary>All methods, in the order of the enumeration.</summary>
    public static IReadOnlyList<CalibrationMethod> All { get; } = [.. Table.Select(entry => entry.Method)];

    /// <summary>The method's name, such as <c>average-max</c>.</summary>
    public static string Name(this CalibrationMethod method) => Table.Single(entry => entry.Method == method).Name;

    /// <summary>The method of that name.</summary>
    /// <exception cref="FormatException">No method has it; the message lists those there are.</exception>
    public static CalibrationMethod Parse(string name)
    {
        var found = Array.FindIndex(Table, entry => entry.Name == name);
        return found >= 0
            ? Table[found].Method
            : throw new FormatException(
                $"'{name}' is not a calibration method: use {string.Join(", ", Table.Select(entry => entry.Name))}.");
    }
}
