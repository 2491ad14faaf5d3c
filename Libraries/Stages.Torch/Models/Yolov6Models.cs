using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Networks;

namespace QatPipeline.Stages.Torch.Models;

/// <summary>The YOLOv6 networks that specifications describe.</summary>
internal static class Yolov6Models
{
    private const int OwnInputSize = 640;

    /// <summary>What can change the network, for the keys of stages: paths are not part of it, the content they name is.</summary>
    public static object? KeyOf(RunSpecification specification) => specification.Model.Yolov6 is { } network
        ? new
        {
            network.Variant,
            network.Width,
            network.Depth,
            network.Form,
            specification.Model.InputSize,
            Seed = network.Checkpoint is null ? specification.Seed : 0,
        }
        : null;

    /// <summary>Size and classes of the network; the seed of its initial weights is the run's.</summary>
    public static Yolov6Options OptionsOf(RunSpecification specification, int classes, Yolov6Form form)
    {
        var network = specification.Model.Yolov6!;
        var own = network.Variant switch { "n" => Yolov6Options.N, "t" => Yolov6Options.T, _ => Yolov6Options.S };
        var size = specification.Model.InputSize > 0 ? specification.Model.InputSize : OwnInputSize;
        return own with
        {
            WidthMultiple = network.Width > 0 ? network.Width : own.WidthMultiple,
            DepthMultiple = network.Depth > 0 ? network.Depth : own.DepthMultiple,
            ClassCount = classes,
            Form = form,
            InputHeight = size,
            InputWidth = size,
            FollowsInputSize = specification.Evaluation.Protocol == "E1",
            Seed = (ulong)specification.Seed,
        };
    }

    /// <summary>The form that is trained for the one the specification asks for.</summary>
    public static Yolov6Form TrainingFormOf(RunSpecification specification) => specification.Model.Yolov6!.Form switch
    {
        "repvgg" => Yolov6Form.RepVggTraining,
        "hyper-search" => Yolov6Form.HyperSearch,
        _ => Yolov6Form.RepOpt,
    };

    /// <summary>The graph that a trained network is deployed as: branches of RepVGG blocks merged, other forms as they are.</summary>
    /// <param name="network">The trained form.</param>
    /// <param name="trained">Its graph with trained weights.</param>
    public static Graph Deployed(Yolov6Network network, Graph trained)
    {
        if (network.Options.Form != Yolov6Form.RepVggTraining)
        {
            return trained;
        }

        var deployed = Yolov6Network.Build(network.Options with { Form = Yolov6Form.RepVggDeploy }).Graph;
        var (graph, report) = Yolov6Weights.Load(deployed, RepVggMerge.Merge(Yolov6Weights.Read(trained), network.Outputs.RepBlocks));
        report.RequireExact("the trained network");
        return graph;
    }

    /// <summary>The float network to quantize, with live batch normalization where the form has it.</summary>
    /// <param name="specification">Describes it.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="checkpoint">A local file with its weights; null for fresh ones.</param>
    /// <exception cref="CheckpointException">The file is not a checkpoint, or belongs to another network.</exception>
    public static Graph Build(RunSpecification specification, int classes, string? checkpoint)
    {
        var form = specification.Model.Yolov6!.Form switch
        {
            "repvgg" => Yolov6Form.RepVggDeploy,
            "hyper-search" => Yolov6Form.HyperSearch,
            _ => Yolov6Form.RepOpt,
        };
        var network = Yolov6Network.Build(OptionsOf(specification, classes, form));
        return checkpoint is null ? network.Graph : Load(specification, network, checkpoint);
    }

    /// <summary>The network with the weights of the run's checkpoint.</summary>
    /// <param name="specification">Says what the user calls the checkpoint.</param>
    /// <param name="network">The network as it is used.</param>
    /// <param name="copy">The stage's copy of the checkpoint.</param>
    /// <exception cref="CheckpointException">The file is not a checkpoint, or belongs to another network.</exception>
    public static Graph Load(RunSpecification specification, Yolov6Network network, string copy)
    {
        try
        {
            return Yolov6CheckpointFile.Load(copy, network);
        }
        catch (CheckpointException exception)
        {
            throw new CheckpointException(
                exception.Message.Replace(copy, specification.Model.Yolov6!.Checkpoint, StringComparison.Ordinal), exception);
        }
    }
}
