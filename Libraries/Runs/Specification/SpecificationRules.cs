using System.ComponentModel.DataAnnotations;
using System.Globalization;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;

namespace QatPipeline.Runs.Specification;

/// <summary>
/// What every specification must keep to, whichever way it came: ranges of single keys, and what one key demands of others.
/// </summary>
public static class SpecificationRules
{
    private const int LongestQuote = 100;

    /// <summary>Checks a specification that was not read by <see cref="RunSpecificationLoader"/>, such as that of an event.</summary>
    /// <param name="specification">What to check; a serializer may have left members null that cannot be.</param>
    /// <param name="source">What errors call it.</param>
    /// <param name="roots">The folders that it may name files in; null for all.</param>
    /// <exception cref="SpecificationException">
    /// A key has no value or one out of range, keys contradict each other, or a file is outside the roots.
    /// </exception>
    public static void Check(RunSpecification? specification, string source, DataRoots? roots = null)
    {
        if (specification is null)
        {
            throw new SpecificationException($"{source}: the specification is missing.");
        }

        new ValueRules(source, roots ?? DataRoots.Unlimited).Check(specification, "");
        CheckRelations(specification, source);
    }

    /// <summary>What the rule asks for, as the end of a sentence.</summary>
    internal static string Describe(ValidationAttribute rule) => rule switch
    {
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"from {range.Minimum} to {range.Maximum}"),
        AllowedValuesAttribute allowed => $"one of {string.Join(", ", allowed.Values)}",
        _ => rule.ErrorMessage ?? rule.GetType().Name,
    };

    /// <summary>The value for a message, which must not be as long as what somebody sends.</summary>
    internal static string Shortened(object value) =>
        Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > LongestQuote } text ? $"{text[..LongestQuote]}…" : $"{value}";

    // What the keys demand of each other.
    private static void CheckRelations(RunSpecification specification, string source)
    {
        void Require(bool condition, string message)
        {
            if (!condition)
            {
                throw new SpecificationException($"{source}: {message}");
            }
        }

        Require(
            (specification.Model.Onnx is null) != (specification.Model.Yolov6 is null),
            "model needs exactly one of 'onnx' (a file) and 'yolov6' (a network of this project)");
        Require(
            specification.Model.Yolov6 is null || specification.Model.InputSize % 32 == 0,
            $"model.inputSize is {specification.Model.InputSize}: a YOLOv6 needs a multiple of 32 (or 0 for its own 640)");
        Require(
            specification is not { Model: { Yolov6: not null, Detector: not null } },
            "model.detector describes an ONNX file's outputs: leave it out with model.yolov6, whose outputs are known");
        Require(
            specification.Model.Detector?.Input is not { } input
                || (input.Mean.Count is 0 or 3 && input.Std.Count is 0 or 3 && input.Std.All(value => value > 0)),
            "model.detector.input: 'mean' and 'std' have three numbers each, one for each plane, and those of 'std' are positive");
        Require(
            specification.Model.Detector?.Input?.Size is null or [] or [>= 32 and <= 4096, >= 32 and <= 4096],
            "model.detector.input.size is a height and a width from 32 to 4096, as [240, 320]");
        Require(specification.Data.Validation.Count > 0, "data.validation names no data set: AP could not be measured");
        Require(specification.Data.Calibration.Count > 0, "data.calibration names no data set: ranges could not be collected");
        Require(
            specification.Data.Classes is not { Count: 0 },
            "data.classes is empty: name the classes in the order of the network's, or leave it out");
        Require(
            (specification.Qat is null && specification.Train is null) || specification.Data.Training.Count > 0,
            "data.training names no data set: name one, or switch training off with 'qat: null'");
        Require(
            specification.Train is null || specification.Model.Yolov6 is not null,
            "train needs model.yolov6: an ONNX file cannot be trained from scratch");
        Require(
            specification is not { Train.HyperSearchEpochs: 0, Model.Yolov6: { Form: "repopt", Scales: null } },
            "train of a RepOpt network needs scales: set train.hyperSearchEpochs to search them, or model.yolov6.scales to a file of them");
        Require(
            specification is not { Qat.Profile: "strict", Model.Yolov6: null },
            "qat.profile 'strict' is the training of the YOLOv6 tutorial, which needs model.yolov6: set it to 'default'");
        Require(
            specification is not { Qat: { Ranks: > 1, Profile: not "strict" } },
            "qat.ranks sums the losses of as many batches as the published recipe has processes: set qat.profile to 'strict', or leave "
            + "it out");
        Require(
            specification.Qat is not { } qat || qat.Batch % qat.Ranks == 0,
            "qat.batch is the images of all qat.ranks together: make it a multiple of them");
        CheckProcesses(specification, Require);
        Require(
            specification.Train is not { } train || train.Batch % train.Ranks == 0,
            "train.batch is the images of all train.ranks together: make it a multiple of them");
        Require(
            specification is not { Qat.Profile: "strict", Train: null, Model.Yolov6: { Form: "repopt", Scales: null } },
            "qat.profile 'strict' trains a RepOpt network with RepOptimizer, which needs the scales of its hyper-search: set "
            + "model.yolov6.scales to their file (yolov6s_v2_scale.pt of the published models), or train the network in the same run");
        Require(
            specification is not { Qat.Profile: not "strict" } or { Qat: { Mosaic: null, Mixup: null } },
            "qat.mosaic and qat.mixup change the augmented images of qat.profile 'strict': leave them out, or set the profile");
        Require(
            specification is not { Qat.Optimizer: "repopt" }
                or { Model.Yolov6: { Form: "repopt", Scales: not null } }
                or { Model.Yolov6.Form: "repopt", Train: not null },
            "qat.optimizer 'repopt' needs a RepOpt network and its scales: set model.yolov6.scales to a file of them, or train the network "
            + "in the same run; 'adam' trains any network");
        Require(
            specification is not { Calibration.Method: "checkpoint" } or { Train: null, Model.Yolov6.Checkpoint: not null },
            "calibration.method 'checkpoint' takes the ranges of a calibrated or quantized checkpoint: set model.yolov6.checkpoint to its "
            + "file, and leave out 'train'");
        Require(specification.Calibration.Methods.Count > 0, "calibration.methods is empty");
        Require(
            specification.Targets.All(target => target is TargetNames.OrtCpu or TargetNames.TensorRt)
                && specification.Targets.Distinct().Count() == specification.Targets.Count,
            $"targets is [{string.Join(", ", specification.Targets)}]: name {TargetNames.OrtCpu}, {TargetNames.TensorRt} or both, "
            + "the one that is trained for first");
        Require(
            specification.Targets[0] == specification.Target,
            $"target is {specification.Target}, but targets begins with {specification.Targets[0]}: leave target out, or name it first");
        Require(
            specification.Build.Batches.Count > 0 && specification.Build.Batches.Concat(specification.Build.ApBatches).All(size => size > 0),
            "build.batches and build.apBatches need batch sizes of at least 1, and build.batches one or more");
        Require(
            specification.Build.ApBatches.All(specification.Build.Batches.Contains),
            "build.apBatches names a batch size that build.batches does not: an engine that is not built cannot be evaluated");
        foreach (var dataset in specification.Data.Calibration.Concat(specification.Data.Training).Concat(specification.Data.Validation))
        {
            object?[] kinds = [dataset.Annotations, dataset.Yolo, dataset.Voc, dataset.Synthetic];
            Require(
                kinds.Count(kind => kind is not null) == 1,
                "each data set needs exactly one of 'annotations' (with 'images'), 'yolo', 'voc' and 'synthetic'");
            Require(
                dataset.Synthetic is not { } generated || generated.Smallest <= generated.Largest,
                "synthetic: 'smallest' is above 'largest'");
            Require(
                dataset.Annotations is null || dataset.Images is not null,
                $"data set {dataset.Annotations}: 'images', the folder of its pictures, is missing");
        }
    }

    private static void CheckProcesses(RunSpecification specification, Action<bool, string> require)
    {
        if (specification.Qat is { } qat)
        {
            var processes = CheckProcesses("qat", qat.Processes, qat.Hosts, qat.Batch, require);
            require(
                processes == 1 || qat.Profile != "strict",
                "qat.processes shares the batches of the default profile; qat.profile 'strict' trains in one process, which qat.ranks lets "
                + "stand for several: set processes to 1, or profile to 'default'");
        }

        if (specification.Train is { } train)
        {
            var processes = CheckProcesses("train", train.Processes, train.Hosts, train.Batch, require);
            require(
                processes == 1 || train.Ranks == 1,
                "train.processes share what train.ranks would split in turns: leave one of them out");
        }
    }

    private static int CheckProcesses(
        string section, int processes, IReadOnlyList<string> hosts, int batch, Action<bool, string> require)
    {
        require(
            hosts.All(host => TrainingHost.Parse(host) is not null),
            $"{section}.hosts is [{Shortened(string.Join(", ", hosts))}]: write each host as NAME:PROCESSES, such as node1:8");
        var all = TrainingProcesses.Of(processes, hosts).Count;
        require(
            processes == 1 || processes == all,
            $"{section}.hosts have {all} processes together, {section}.processes says {processes}: leave processes out");
        require(
            batch % all == 0,
            $"{section}.batch {batch} cannot be shared by {section}.processes {all}: each process takes as many images, so make the batch a "
            + "multiple of the processes");
        return all;
    }
}
