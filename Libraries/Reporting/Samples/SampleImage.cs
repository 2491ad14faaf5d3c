using QatPipeline.Coco.Detections;

namespace QatPipeline.Reporting.Samples;

/// <summary>A validation picture with what the float network and the INT8 engine found in it.</summary>
/// <param name="File">Name of the picture in its data set.</param>
/// <param name="Width">Pixels of the original: the coordinates of the boxes.</param>
/// <param name="Height">Pixels of the original.</param>
/// <param name="Jpeg">The picture, scaled down.</param>
/// <param name="Float">Confident float detections.</param>
/// <param name="Int8">Confident INT8 detections.</param>
internal sealed record SampleImage(
    string File, int Width, int Height, byte[] Jpeg, IReadOnlyList<SampleDetection> Float, IReadOnlyList<SampleDetection> Int8);

/// <summary>A detection, the name of its category, and whether the other network found the same object.</summary>
internal sealed record SampleDetection(Detection Detection, string Category, bool HasPartner);
