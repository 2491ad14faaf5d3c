using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Graphs.Costs;
using QatPipeline.Quantization.Arithmetic;
using QatPipeline.Runs.Json;
using QatPipeline.Stages.Datasets;
using QatPipeline.Stages.Torch.Calibration;
using QatPipeline.Stages.Torch.Stages;
using QatPipeline.Stages.Torch.Tests.Infrastructure;

namespace QatPipeline.Stages.Torch.Tests.Calibration;

public sealed class CalibrationMachineTests
{
    [Theory]
    [InlineData(TargetNames.OrtCpu, 0, MachineNames.Avx2, QuantizationScheme.SignedReduced)]
    [InlineData(TargetNames.OrtCpu, 0, MachineNames.Avx512Vnni, QuantizationScheme.SignedNarrow)]
    [InlineData(TargetNames.OrtCpu, 8, MachineNames.Avx2, QuantizationScheme.SignedNarrow)]
    [InlineData(TargetNames.OrtCpu, 7, MachineNames.Avx512Vnni, QuantizationScheme.SignedReduced)]
    [InlineData(TargetNames.TensorRt, 0, MachineNames.Avx2, QuantizationScheme.SignedNarrow)]
    public void WeightSchemeOf_FollowsWhatIsAsked_ThenTheMachine(string target, int bits, string machine, QuantizationScheme expected)
    {
        var specification = TinyRun.Specification with
        {
            Target = target,
            Calibration = TinyRun.Specification.Calibration with { WeightBits = bits },
        };

        Assert.Equal(
            expected,
            CalibrationMachine.WeightSchemeOf(specification, MachineProfiles.Shipped.Single(profile => profile.Name == machine)));
    }

    [Fact]
    public void Configuration_OtherMachine_IsAnotherKey()
    {
        Assert.NotEqual(ConfigurationOn(MachineNames.Avx2), ConfigurationOn(MachineNames.Avx512Vnni));
        Assert.Contains(MachineProfiles.Avx2.Digest, ConfigurationOn(MachineNames.Avx2), StringComparison.Ordinal);
    }

    [Fact]
    public void Configuration_FileWithTheShippedRates_IsTheSameKey()
    {
        using var folder = new ScratchFolder();
        var path = folder.PathOf("edge.json");
        File.WriteAllBytes(path, (MachineProfiles.Avx2 with { Name = "edge" }).Write());

        Assert.Equal(ConfigurationOn(MachineNames.Avx2), ConfigurationOn(path));
    }

    private static string ConfigurationOn(string machine) => CanonicalJson.Of(new CalibrateStage(new LocalImageSource()).Configuration(
        TinyRun.Specification with { Build = new BuildSpecification { Machine = machine } }));
}
