using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Specification;
using QatPipeline.Runs.Tests.TestStages;

namespace QatPipeline.Runs.Tests.Specification;

public sealed class SpecificationRulesTests
{
    private static readonly RunSpecification Good = ScriptedStage.Specification();

    [Fact]
    public void Check_Good_Passes() => SpecificationRules.Check(Good, "the event");

    [Fact]
    public void Check_ValueOutOfRange_SaysTheSameAsForAFile() =>
        AssertRefused(Good with { Qat = new QatSpecification { Epochs = 0 } }, "the event: 'qat.epochs' is 0, but must be from 1 to 1000");

    [Fact]
    public void Check_ValueNotAllowed_NamesTheChoices() =>
        AssertRefused(Good with { Target = "gpu" }, "the event: 'target' is gpu, but must be one of ort-cpu, tensorrt");

    [Fact]
    public void Check_ValueWithinAList_NamesItsPosition()
    {
        var data = Good.Data with
        {
            Validation = [new DatasetSpecification { Yolo = "/a" }, new DatasetSpecification { Yolo = "/b", Limit = -1 }],
        };
        AssertRefused(Good with { Data = data }, "the event: 'data.validation[1].limit' is -1, but must be from 0 to 2147483647");
    }

    [Fact]
    public void Check_MemberThatASerializerLeftOut_NamesIt()
    {
        AssertRefused(null, "the event: the specification is missing.");
        AssertRefused(Good with { Data = null! }, "the event: 'data' has no value.");
    }

    [Fact]
    public void Check_Contradiction_IsNamed() =>
        AssertRefused(
            Good with { Data = Good.Data with { Validation = [] } },
            "the event: data.validation names no data set: AP could not be measured");

    [Fact]
    public void Check_RepOptimizerWithoutScales_SaysWhatItNeeds()
    {
        var specification = Good with
        {
            Model = new ModelSpecification { Yolov6 = new Yolov6Specification() },
            Qat = new QatSpecification { Optimizer = "repopt" },
            Data = Good.Data with { Training = Good.Data.Validation },
        };

        AssertRefused(
            specification,
            "the event: qat.optimizer 'repopt' needs a RepOpt network and its scales: set model.yolov6.scales to a file of them, "
            + "or train the network in the same run; 'adam' trains any network");
        SpecificationRules.Check(
            specification with { Model = new ModelSpecification { Yolov6 = new Yolov6Specification { Scales = "scales.safetensors" } } },
            "the event");
    }

    [Fact]
    public void Targets_AreTheTarget_AndTheTargetTheFirstOfThem()
    {
        Assert.Equal(["ort-cpu"], Good.Targets);
        Assert.Equal(["tensorrt"], (Good with { Target = "tensorrt" }).Targets);
        Assert.Equal("tensorrt", (Good with { Targets = ["tensorrt", "ort-cpu"] }).Target);
    }

    [Fact]
    public void Check_TargetsThatContradict_SaysWhatToName()
    {
        AssertRefused(
            Good with { Targets = ["tensorrt", "tensorrt"] },
            "the event: targets is [tensorrt, tensorrt]: name ort-cpu, tensorrt or both, the one that is trained for first");
        AssertRefused(
            Good with { Target = "ort-cpu", Targets = ["tensorrt"] },
            "the event: target is ort-cpu, but targets begins with tensorrt: leave target out, or name it first");
        AssertRefused(
            Good with { Build = new BuildSpecification { ApBatches = [8] } },
            "the event: build.apBatches names a batch size that build.batches does not: an engine that is not built cannot be evaluated");
    }

    private static void AssertRefused(RunSpecification? specification, string message) =>
        Assert.Equal(message, Assert.Throws<SpecificationException>(() => SpecificationRules.Check(specification, "the event")).Message);
}
