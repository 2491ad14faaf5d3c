namespace QatPipeline.Contracts.Artifacts;

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
    public const string FloatGraph = "float-graph.onnx";

    /// <summary>The graph with placed, calibrated quantizers.</summary>
    public const string PtqGraph = "ptq-graph.onnx";

    /// <summary>That graph as a checkpoint with ranges for <c>model.yolov6</c>; of YOLOv6 networks for TensorRT alone.</summary>
    public const string PtqCheckpoint = "ptq-checkpoint.safetensors";

    /// <summary>AP of every calibration method, layer errors, sensitivity, the search's decisions.</summary>
    public const string CalibrationReport = "calibration-report.json";

    /// <summary>COCO detections of the float graph on the validation images.</summary>
    public const string FloatDetections = "detections-float.json";

    /// <summary>COCO detections of the fake-quantized <see cref="PtqGraph"/> on the validation images.</summary>
    public const string PtqDetections = "detections-ptq.json";

    /// <summary>The graph with trained weights and ranges; the calibrated one where training did not improve it.</summary>
    public const string QatGraph = "qat-graph.onnx";

    /// <summary>That graph as a checkpoint with ranges for <c>model.yolov6</c>; of YOLOv6 networks for TensorRT alone.</summary>
    public const string QatCheckpoint = "qat-checkpoint.safetensors";

    /// <summary>Loss and AP of every epoch.</summary>
    public const string TrainingHistory = "training-history.json";

    /// <summary>COCO detections of the fake-quantized <see cref="QatGraph"/> on the validation images.</summary>
    public const string QatDetections = "detections-qat.json";

    /// <summary>The float network as the optimize stage exports it.</summary>
    public const string FloatForm = "model-float.onnx";

    /// <summary>The quantized network as ONNX Runtime on the CPU takes it.</summary>
    public const string OrtCpuForm = "model-ort-cpu.onnx";

    /// <summary>The quantized network for TensorRT, with explicit quantize and dequantize nodes.</summary>
    public const string TensorRtQdqForm = "model-tensorrt-qdq.onnx";

    /// <summary>The network for TensorRT without such nodes; its ranges are in <see cref="CalibrationCache"/>.</summary>
    public const string TensorRtImplicitForm = "model-tensorrt-implicit.onnx";

    /// <summary>The ranges that go with <see cref="TensorRtImplicitForm"/>, as a TensorRT calibration cache.</summary>
    public const string CalibrationCache = "model-tensorrt-implicit.cache";

    /// <summary>What the checks of the exported forms found.</summary>
    public const string LintReport = "lint-report.json";

    /// <summary>How far the exported forms compute the same as the graph they come from.</summary>
    public const string EqualityCertificate = "equality-certificate.json";

    /// <summary>The float network as built for the target: the baseline of the timings.</summary>
    public const string FloatEngine = "engine-float.onnx";

    /// <summary>The quantized network as built for the target: what a run is for.</summary>
    public const string Int8Engine = "engine-int8.onnx";

    /// <summary>COCO detections of <see cref="FloatEngine"/> on the validation images.</summary>
    public const string FloatEngineDetections = "detections-engine-float.json";

    /// <summary>COCO detections of <see cref="Int8Engine"/> on the validation images.</summary>
    public const string Int8EngineDetections = "detections-engine-int8.json";

    /// <summary>COCO detections of the file for a target that the run did not train for, run as it is written.</summary>
    public static string SimulatedDetections(string target) => $"detections-simulated-{target}.json";

    /// <summary>The quantized network in the form whose nodes say all that the target computes.</summary>
    public static string ExplicitForm(string target) => target == TargetNames.OrtCpu ? OrtCpuForm : TensorRtQdqForm;

    /// <summary>The TensorRT engines that were built here, or that <see cref="TensorRtDelivery"/> builds elsewhere.</summary>
    public const string TensorRtBuild = "tensorrt-build.json";

    /// <summary>Where this machine has no TensorRT: an archive of the folder that builds and times the engines on one that has.</summary>
    public const string TensorRtDelivery = "tensorrt-delivery.tar";

    /// <summary>What was measured with that folder elsewhere and brought back by <c>qat import-results</c>.</summary>
    public const string TensorRtResults = "tensorrt-results.json";

    /// <summary>The twelve figures of every variant, per class, bootstrap intervals, agreement.</summary>
    public const string EvaluationReport = "evaluation-report.json";
}
