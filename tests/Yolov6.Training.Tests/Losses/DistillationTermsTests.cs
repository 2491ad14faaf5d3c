using QatPipeline.Yolov6.Training.Losses;
using static TorchSharp.torch;

namespace QatPipeline.Yolov6.Training.Tests.Losses;

public sealed class DistillationTermsTests : ReferenceTests
{
    [Fact]
    public void Classes_KnownProbabilities_HasTheReferenceValue() =>
        Assert.Equal(
            4.18341831, DistillationTerms.Classes(Case.Scores, Case.TeacherScores, DistillationOptions.Strict).item<float>(), 1e-5);

    [Fact]
    public void Classes_Batch_DividesUnlessStrict()
    {
        var (student, teacher) = (Case.Scores.expand(2, -1, -1), Case.TeacherScores.expand(2, -1, -1));
        Assert.Equal(4.18341831, DistillationTerms.Classes(student, teacher, new DistillationOptions()).item<float>(), 1e-5);
        Assert.Equal(2 * 4.18341831, DistillationTerms.Classes(student, teacher, DistillationOptions.Strict).item<float>(), 1e-5);
    }

    [Fact]
    public void Classes_OneClass_TeachesInItsBinaryFormOnly()
    {
        var student = tensor(new[] { 0.2f, 0.9f }, [1, 2, 1], requires_grad: true);
        var teacher = tensor(new[] { 0.6f, 0.9f }, [1, 2, 1]);
        Assert.Equal(0f, DistillationTerms.Classes(student, teacher, DistillationOptions.Strict).item<float>());
        var binary = DistillationTerms.Classes(student, teacher, new DistillationOptions(Temperature: 1));
        Assert.Equal((0.6 * Math.Log(0.6 / 0.2)) + (0.4 * Math.Log(0.4 / 0.8)), binary.item<float>(), 1e-5);
        binary.backward();
        Assert.NotEqual(0f, student.grad![0, 0, 0].item<float>());
        Assert.Equal(0f, student.grad![0, 1, 0].item<float>(), 1e-5f);
    }

    [Fact]
    public void Channels_KnownFeatures_HasTheReferenceValue()
    {
        var student = tensor(new float[] { 0, 1, 2, 3, 1, 1, 0, 2 }, [1, 2, 2, 2]);
        var teacher = tensor(new[] { 0.5f, 1, 1.5f, 3.5f, 0, 2, 0, 1 }, [1, 2, 2, 2]);
        Assert.Equal(0.25004276, DistillationTerms.Channels([student], [teacher]).item<float>(), 1e-6);
        Assert.Equal(0.25004276 * 2, DistillationTerms.Channels([student, student], [teacher, teacher]).item<float>(), 1e-6);
    }

    [Fact]
    public void Decay_TenEpochs_HasTheReferenceValues()
    {
        double[] expected = [1, 0.97577298, 0.90546341, 0.7959537, 0.65796341, 0.505, 0.35203659, 0.2140463, 0.10453659, 0.03422702];
        Assert.All(expected, (value, epoch) => Assert.Equal(value, DistillationTerms.Decay(epoch, 10), 1e-7));
    }

    [Fact]
    public void Distilled_Terms_EnterWithTheirWeights()
    {
        var loss = new DetectionLoss(new DetectionLossOptions());
        Assert.Equal(0.5 * (2 + (10 * 3)), loss.Distilled(tensor(2f), tensor(3f), 0.5).item<float>(), 1e-6);
        Assert.Equal(1.0, loss.Distilled(tensor(2f), null, 0.5).item<float>(), 1e-6);
    }
}
