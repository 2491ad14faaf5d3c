using QatPipeline.Graphs.Onnx;
using QatPipeline.Torch.Distillation;
using static TorchSharp.torch;

namespace QatPipeline.Torch.Tests.Distillation;

public sealed class DistillationLossTests
{
    [Fact]
    public void ChannelWise_CheckValue()
    {
        using var scope = NewDisposeScope();
        var student = tensor(new float[] { 0, 1, 2, 3, 1, 1, 0, 2 }, [1, 2, 2, 2]);
        var teacher = tensor(new[] { 0.5f, 1, 1.5f, 3.5f, 0, 2, 0, 1 }, [1, 2, 2, 2]);

        // Reference specification, section 11.
        Assert.Equal(0.25004276, DistillationLoss.ChannelWise(student, teacher).item<float>(), 1e-6);
    }

    [Fact]
    public void Probabilities_EqualLogits_AreZero_OthersEqualTheDefinition()
    {
        using var scope = NewDisposeScope();
        var teacher = tensor(new float[] { 2, -1 }, [1, 1, 2]);
        var student = tensor(new float[] { 0, -1 }, [1, 1, 2]);
        var (p, q) = (1 / (1 + Math.Exp(-2)), 0.5);
        var divergence = (p * Math.Log(p / q)) + ((1 - p) * Math.Log((1 - p) / (1 - q)));
        var objects = p + (1 / (1 + Math.Exp(1)));

        Assert.Equal(0, DistillationLoss.Probabilities(teacher, teacher).item<float>(), 1e-7);
        Assert.Equal(divergence / (objects + 1), DistillationLoss.Probabilities(student, teacher).item<float>(), 1e-6);
    }

    [Fact]
    public void Regression_IsInDeviationsOfTheTeacher()
    {
        using var scope = NewDisposeScope();
        var teacher = tensor(new float[] { -1, 1, -10, 10 }, [1, 2, 2]);
        var student = tensor(new float[] { 0, 1, -10, 20 }, [1, 2, 2]);

        Assert.Equal(0.5, DistillationLoss.Regression(student, teacher, null).item<float>(), 1e-6);
        Assert.Equal(0.5, DistillationLoss.Regression(student, teacher, tensor(new float[] { 1, 0 }, [1, 1, 2])).item<float>(), 1e-5);
    }

    [Fact]
    public void Targets_RealDetector_AreItsPredictionLayers()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        var targets = DistillationTargets.Find(OnnxReader.Read(TestData.PathOf("yolov6lite_s", "yolov6lite_s_320x320.onnx")));

        Assert.Equal(8, targets.Features.Count);
        Assert.Equal(4, targets.Predictions.Count(target => target.Kind == PredictionKind.Logits));
        Assert.Equal(4, targets.Predictions.Count(target => target.Kind == PredictionKind.Regression));
    }
}
