namespace QatPipeline.Architecture.Tests;

/// <summary>
/// What still stands against the architecture, by name. Lists that only shrink: a line that no longer applies fails the tests until it
/// is deleted, and nothing may be added.
/// </summary>
internal static class Allowances
{
    /// <summary>References, as <see cref="AllowedReferences.Violations"/> prints them.</summary>
    public static IReadOnlyList<string> References { get; } =
    [
        "Yolov6 → Torch",
        "Yolov6 → TorchSharp",
    ];

    /// <summary>Circles, as project and namespaces.</summary>
    public static IReadOnlyList<string> Circles { get; } =
    [
        "Torch: Execution ↔ FakeQuantization ↔ Operators",
    ];
}
