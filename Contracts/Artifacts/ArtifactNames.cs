namespace QatPipeline.Contracts;

/// <summary>The artifacts a run can have, by the name under which stages exchange them and people pull them.</summary>
public static class ArtifactNames
{
    /// <summary>Images of every split with size and digest, categories, the calibration list.</summary>
    public const string DatasetIndex = "dataset-index.json";

    /// <summary>COCO ground truth of the validation split.</summary>
    public const string ValidationAnnotations = "validation-annotations.json";

    /// <summary>COCO ground truth of the calibration split, by which calibration methods are chosen.</summary>
    public const string CalibrationAnnotations = "calibration-annotations.json";

    /// <summary>COCO annotations of the training split, where the run trains on labels.</summary>
    public const string TrainingAnnotations = "training-annotations.json";

    /// <summary>The model file as it came in: ONNX or a checkpoint.</summary>
    public const string ModelSource = "model-source.bin";

    /// <summary>Scales of the RepOpt blocks, where the specification names a file of them.</summary>
    public const string ModelScales = "model-scales.bin";

    /// <summary>The network after float training, batch normalization live.</summary>
    public const string TrainedModel = "trained-model.onnx";

    /// <summary>The weights of that network under the names of its training form: a checkpoint for <c>model.yolov6</c>.</summary>
    public const string TrainedWeights = "trained-weights.safetensors";

    /// <summary>The scales the RepOpt network was trained with.</summary>
    public const string TrainedScales = "trained-scales.safetensors";

    /// <summary>Loss and AP of every epoch of the float training.</summary>
    public const string FloatTrainingHistory = "float-training-history.json";

    /// <summary>The float detector every other variant is measured against.</summary>
    public const string FloatModel = "float-model.onnx";

    /// <summary>The graph with placed, calibrated quantizers.</summary>
    public const string PtqGraph = "ptq-graph.onnx";

    /// <summary>AP of every calibration method, layer errors, sensitivity, the search's decisions.</summary>
    public const string CalibrationReport = "calibration-report.json";

    public const string FloatDetections = "detections-float.json";

    public const string PtqDetections = "detections-ptq.json";

    public const string QatGraph = "qat-graph.onnx";

    /// <summary>Loss and AP of every epoch.</summary>
    public const string TrainingHistory = "training-history.json";

    public const string QatDetections = "detections-qat.json";

    public const string FloatDialect = "model-float.onnx";

    public const string OrtCpuDialect = "model-ort-cpu.onnx";

    public const string TensorRtQdqDialect = "model-tensorrt-qdq.onnx";

    public const string TensorRtPlainDialect = "model-tensorrt-implicit.onnx";

    public const string CalibrationCache = "model-tensorrt-implicit.cache";

    public const string LintReport = "lint-report.json";

    public const string EqualityCertificate = "equality-certificate.json";

    public const string FloatEngine = "engine-float.onnx";

    public const string Int8Engine = "engine-int8.onnx";

    public const string FloatEngineDetections = "detections-engine-float.json";

    public const string Int8EngineDetections = "detections-engine-int8.json";

    /// <summary>The twelve figures of every variant, per class, bootstrap intervals, agreement.</summary>
    public const string EvaluationReport = "evaluation-report.json";
}
