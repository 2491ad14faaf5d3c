using QatPipeline.Graphs.CalibrationCaches;
using QatPipeline.Graphs.Model;

namespace QatPipeline.Graphs.Dialects;

/// <summary>
/// What a dialect is written from: a plain ONNX graph without quantizers, and for the implicit route its calibration cache.
/// </summary>
public sealed record DialectModel(Dialect Dialect, Graph Graph, CalibrationCache? Cache = null);
