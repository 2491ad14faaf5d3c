namespace QatPipeline.Detectors.Outputs;

/// <summary>Anchors of one stride, or all of a decoded output: where their boxes, objectness and classes are.</summary>
/// <param name="Boxes">Four numbers an anchor, or distributions.</param>
/// <param name="Objectness">One number an anchor; null where there is none.</param>
/// <param name="Classes">A number a class.</param>
/// <param name="Box">The corners of an anchor's box in pixels of the canvas.</param>
internal sealed record Level(Plane Boxes, Plane? Objectness, Plane Classes, BoxDecoding Box);

/// <param name="box">The anchor's numbers.</param>
/// <param name="anchor">Its position in the level.</param>
/// <returns>x1, y1, x2, y2.</returns>
internal delegate (float X1, float Y1, float X2, float Y2) BoxDecoding(Lane box, int anchor);
