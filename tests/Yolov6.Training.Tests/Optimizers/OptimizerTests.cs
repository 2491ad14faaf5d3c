using QatPipeline.Torch.Execution;
using QatPipeline.Torch.Training;
using QatPipeline.Yolov6.Checkpoints;
using QatPipeline.Yolov6.Training.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace QatPipeline.Yolov6.Training.Tests.Optimizers;

public sealed class OptimizerTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Step_TwiceWithAMultiplier_HasTheReferenceValues()
    {
        using var weight = new TrainedTensor("w", tensor(0.2, requires_grad: true), TensorRole.Weight);
        using var optimizer = new NesterovSgd([weight], 1e-4, new Dictionary<string, Tensor> { ["w"] = tensor(3.5) });
        (weight.Value * 0.1).backward();
        optimizer.Step(Values(1e-5, 0.937), 1);
        Assert.Equal(0.1999932201126, weight.Value.item<double>(), 1e-13);
        optimizer.Step(Values(1e-5, 0.937), 2);
        Assert.Equal(0.19998336715811935, weight.Value.item<double>(), 1e-14);
    }

    [Theory]
    [InlineData(TensorRole.Weight, 0.1)]
    [InlineData(TensorRole.NormWeight, 0.1)]
    [InlineData(TensorRole.Bias, 0.2)]
    [InlineData(TensorRole.Range, 0.3)]
    [InlineData(TensorRole.Statistic, 0)]
    public void Step_MovesATensorAtTheRateOfItsRole(TensorRole role, double rate)
    {
        using var item = new TrainedTensor("w", tensor(1f, requires_grad: true), role);
        using var optimizer = new NesterovSgd([item]);
        (item.Value * 1).backward();
        optimizer.Step(new StepValues(0.1, 0.2, 0.3, Momentum: 0, Accumulation: 1), 1);
        Assert.Equal(1 - rate, item.Value.item<float>(), 1e-6);
    }

    [Fact]
    public void Multipliers_WithAndWithoutIdentity_HaveTheReferenceValues()
    {
        var identity = new RepScale("a", [1.5f, 0.8f], [0.5f, 2f], [1, 1]);
        var plain = identity with { Identity = null };
        foreach (var scale in new[] { identity, plain })
        {
            var weight = new NetworkParameter("w", zeros(2, 2, 3, 3));
            var multiplier = RepOptimizer.Multipliers([(weight, scale)])["w"];
            var diagonal = scale.Identity is null ? 0f : 1f;
            float[] expectedOff = [2.25f, 0.64f], expectedCentre = [2.5f, 4.64f];
            for (var o = 0; o < 2; o++)
            {
                for (var i = 0; i < 2; i++)
                {
                    Assert.Equal(expectedOff[o], multiplier[o, i, 0, 0].item<float>(), 1e-6f);
                    Assert.Equal(expectedOff[o], multiplier[o, i, 1, 2].item<float>(), 1e-6f);
                    Assert.Equal(expectedCentre[o] + (o == i ? diagonal : 0), multiplier[o, i, 1, 1].item<float>(), 1e-6f);
                }
            }
        }
    }

    [Fact]
    public void Multipliers_Strict_RoundSquaresToHalfPrecision()
    {
        var weight = new NetworkParameter("w", zeros(1, 2, 3, 3));
        var scale = new RepScale("a", [0.99f], [0.97f], null);
        var rounded = RepOptimizer.Multipliers([(weight, scale)], roundSquares: true)["w"][0, 0, 0, 0].item<float>();
        Assert.Equal((float)((Half)0.99f * (Half)0.99f), rounded);
        Assert.NotEqual(0.99f * 0.99f, rounded);
    }

    [Fact]
    public void Reinitialize_FreshWeights_AreTheSumOfTheBranches()
    {
        var fresh = randn([2, 2, 3, 3], generator: new Generator(1));
        var weight = new NetworkParameter("w", fresh.clone());
        RepOptimizer.Reinitialize([(weight, new RepScale("a", [2, 3], [0.5f, 0.25f], [7, 9]))], new WeightRandom(5));
        var drawn = new WeightRandom(5).Uniform(4, -1 / Math.Sqrt(2), 1 / Math.Sqrt(2));
        for (var o = 0; o < 2; o++)
        {
            for (var i = 0; i < 2; i++)
            {
                var dense = fresh[o, i, 1, 1].item<float>() * (o == 0 ? 2 : 3);
                var centre = (drawn[(2 * o) + i] * (o == 0 ? 0.5f : 0.25f)) + (o != i ? 0 : o == 0 ? 7 : 9);
                Assert.Equal(dense + centre, weight.Value[o, i, 1, 1].item<float>(), 1e-5f);
                Assert.Equal(fresh[o, i, 0, 2].item<float>() * (o == 0 ? 2 : 3), weight.Value[o, i, 0, 2].item<float>(), 1e-6f);
            }
        }
    }

    [Fact]
    public void Step_WithMultipliers_MovesAsTheBranchesWould()
    {
        // One step of plain gradient descent on s3⊙W3 + centre(s1⊙W1) + centre(diag(i)), with W3, W1 and i trained, moves the merged
        // kernel exactly as one step on the merged kernel with multiplied gradients.
        var (dense, pointwise, identity) = (randn([2, 2, 3, 3]).requires_grad_(), randn([2, 2]).requires_grad_(), ones(2).requires_grad_());
        var (s3, s1) = (tensor(new[] { 1.5f, 0.8f }, [2, 1, 1, 1]), tensor(new[] { 0.5f, 2f }, [2, 1]));
        var (x, target) = (randn([4, 2, 6, 6]), randn([4, 2, 6, 6]));
        Tensor Merged() =>
            (dense * s3) + nn.functional.pad(
                ((pointwise * s1) + diag(identity)).reshape(2, 2, 1, 1), [1, 1, 1, 1], PaddingModes.Constant, 0);
        Tensor Loss(Tensor kernel) => (nn.functional.conv2d(x, kernel, padding: [1, 1]) - target).square().mean();
        var weight = new NetworkParameter("w", Merged().detach().requires_grad_());
        Loss(Merged()).backward();
        Loss(weight.Value).backward();
        using var trained = new TrainedTensor(weight.Name, weight.Value, TensorRole.Weight);
        using var optimizer = new NesterovSgd(
            [trained], 0, RepOptimizer.Multipliers([(weight, new RepScale("a", [1.5f, 0.8f], [0.5f, 2f], [1, 1]))]));
        optimizer.Step(Values(0.1, momentum: 0), 1);
        using (no_grad())
        {
            foreach (var branch in new[] { dense, pointwise, identity })
            {
                branch.sub_(branch.grad! * 0.1);
            }

            Assert.True(Merged().allclose(weight.Value, 1e-5, 1e-6));
        }
    }

    [Fact]
    public void Scales_FromAState_KeepTheirOrderAndAreWrittenSmall()
    {
        var state = new StateDict();
        state.Set("b.conv.weight", [1], [1]);
        state.Set("b.scale_conv.weight", [1], [2]);
        state.Set("b.scale_1x1.weight", [1], [3]);
        state.Set("a.scale_conv.weight", [1], [4]);
        state.Set("a.scale_1x1.weight", [1], [5]);
        state.Set("a.scale_identity.weight", [1], [6]);
        var scales = RepScales.From(state);
        Assert.Equal(["b", "a"], scales.Blocks.Select(block => block.Block));
        Assert.Null(scales.Blocks[0].Identity);
        Assert.Equal([6f], scales.Blocks[1].Identity!);
        Assert.Equal(5, scales.ToState().Count);
        Assert.Throws<CheckpointException>(() => RepScales.From(new StateDict()));
    }

    [Fact]
    public void AverageRule_FirstStep_FollowsItsRamp()
    {
        var (average, value) = (tensor(1f), tensor(2f));
        Yolov6Training.AverageRuleOf(new Yolov6TrainingOptions())(average, value, step: 1);
        var past = 0.9999 * (1 - Math.Exp(-1 / 2000.0));
        Assert.Equal((past * 1) + ((1 - past) * 2), average.item<float>(), 1e-6);
    }

    private static StepValues Values(double rate, double momentum) => new(rate, rate, rate, momentum, 1);
}
