using QatPipeline.Yolov6.Training.Assigners;
using QatPipeline.Yolov6.Training.Losses;
using static TorchSharp.torch;

namespace QatPipeline.Yolov6.Training.Tests.Losses;

public sealed class LossTests : ReferenceTests
{
    [Theory]
    [InlineData(4, 19.64029615, 0.45814609, 20.78566138)]
    [InlineData(0, 14.13746401, 0.50638569, 15.40342823)]
    public void Compute_TaskLoss_HasTheReferenceValues(int epoch, double expectedClass, double expectedBox, double expectedTotal)
    {
        var result = new DetectionLoss(new DetectionLossOptions()).Compute(Case.Scores, Case.Distances, Case.Targets, Case.Grid, epoch);
        Assert.Equal(expectedClass, result.Class.item<float>(), 1e-5);
        Assert.Equal(expectedBox, result.Box.item<float>(), 1e-5);
        Assert.Equal(expectedTotal, result.Total.item<float>(), 1e-5);
        Assert.Equal(0, result.Distance.item<float>());
    }

    [Theory]
    [InlineData(BoxMetric.Giou, new float[] { 0, 0, 2, 2 }, new float[] { 1, 1, 3, 3 }, 1.0793651)]
    [InlineData(BoxMetric.Giou, new float[] { 0, 0, 4, 2 }, new float[] { 1, 0, 3, 3 }, 0.7666667)]
    [InlineData(BoxMetric.Siou, new float[] { 0, 0, 4, 2 }, new float[] { 1, 0, 3, 3 }, 0.6422330)]
    [InlineData(BoxMetric.Siou, new float[] { 0, 0, 2, 2 }, new float[] { 2, 1, 5, 4 }, 1.2010629)]
    public void BoxLoss_EveryMetric_HasTheReferenceValues(BoxMetric metric, float[] first, float[] second, double expected) =>
        Assert.Equal(expected, BoxLoss.Of(tensor(first).unsqueeze(0), tensor(second).unsqueeze(0), metric).item<float>(), 1e-6);

    [Fact]
    public void BoxLoss_BoxesThatCoincide_HasFiniteGradients()
    {
        foreach (var metric in Enum.GetValues<BoxMetric>())
        {
            var predicted = tensor(new float[] { 1, 2, 5, 6 }, [1, 4], requires_grad: true);
            BoxLoss.Of(predicted, tensor(new float[] { 1, 2, 5, 6 }, [1, 4]), metric).sum().backward();
            Assert.True(predicted.grad!.isfinite().all().item<bool>(), $"{metric}");
        }
    }

    [Fact]
    public void Compute_Gradient_ReachesEveryPredictionAndWithoutObjectsOnlyScores()
    {
        foreach (var none in new[] { false, true })
        {
            var (scores, distances) = (Case.Scores.detach().clone().requires_grad_(), Case.Distances.detach().clone().requires_grad_());
            using var targets = none ? new DetectionTargets([[]]) : new DetectionTargets([[new(1, 7.3f, 9.1f, 38.9f, 45.7f)]]);
            var result = new DetectionLoss(new DetectionLossOptions()).Compute(scores, distances, targets, Case.Grid, 5);
            result.Total.backward();
            Assert.True((scores.grad!.abs().sum() > 0).item<bool>());
            Assert.Equal(!none, (distances.grad!.abs().sum() > 0).item<bool>());
        }
    }

    [Fact]
    public void DistributionFocalLoss_RandomLogits_EqualsItsDefinition()
    {
        var logits = randn([2, 4 * 17], generator: new Generator(3));
        var distances = tensor(new[] { 0f, 3.25f, 15.5f, 99f, 1f, 2f, -4f, 7.75f }, [2, 4]);
        var actual = DistributionFocalLoss.Of(logits, distances, 16);
        for (var p = 0; p < 2; p++)
        {
            var sum = 0.0;
            for (var side = 0; side < 4; side++)
            {
                var bins = logits[p].reshape(4, 17)[side].data<float>().ToArray();
                var logSum = Math.Log(bins.Sum(bin => Math.Exp(bin)));
                var target = Math.Clamp(distances[p, side].item<float>(), 0, 15.99);
                var left = (int)target;
                sum -= ((left + 1 - target) * (bins[left] - logSum)) + ((target - left) * (bins[left + 1] - logSum));
            }

            Assert.Equal(sum / 4, actual[p].item<float>(), 1e-4);
        }
    }

    [Fact]
    public void Compute_DistancesAsDistributions_DecodeToTheirExpectation()
    {
        // Sharp distributions at whole distances: the loss equals that of the plain distances, plus the distribution term.
        var whole = Case.Distances.round();
        var logits = nn.functional.one_hot(whole.to(int64), 17).to(float32) * 100;
        var plain = new DetectionLoss(new DetectionLossOptions()).Compute(Case.Scores, whole, Case.Targets, Case.Grid, 5);
        var binned = new DetectionLoss(new DetectionLossOptions { RegMax = 16 }).Compute(
            Case.Scores, logits.reshape(1, 84, 68), Case.Targets, Case.Grid, 5);
        Assert.Equal(plain.Box.item<float>(), binned.Box.item<float>(), 1e-5);
        Assert.True(binned.Distance.item<float>() > 0);
        Assert.Equal(plain.Total.item<float>() + (0.5f * binned.Distance.item<float>()), binned.Total.item<float>(), 1e-3);
    }
}
