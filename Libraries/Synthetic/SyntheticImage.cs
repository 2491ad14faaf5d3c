namespace QatPipeline.Synthetic;

/// <summary>One visible object of a generated picture.</summary>
/// <param name="Class">Index into <see cref="SyntheticDetectionDataset.ClassNames"/>.</param>
/// <param name="X">Left edge of what is visible, in pixels.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Width of what is visible.</param>
/// <param name="Height">Height of what is visible.</param>
/// <param name="Area">Visible pixels.</param>
public sealed record SyntheticObject(int Class, int X, int Y, int Width, int Height, int Area);

/// <summary>A generated picture.</summary>
/// <param name="Jpeg">The encoded picture.</param>
/// <param name="Objects">What is annotated, back to front.</param>
public sealed record SyntheticImage(byte[] Jpeg, IReadOnlyList<SyntheticObject> Objects);
