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
    public void Check_StrictTrainingOfARepOptNetworkWithoutScales_SaysWhatItNeeds()
    {
        var specification = Good with
        {
            Model = new ModelSpecification { Yolov6 = new Yolov6Specification() },
            Qat = new QatSpecification { Profile = "strict" },
            Data = Good.Data with { Training = Good.Data.Validation },
        };

        AssertRefused(
            specification,
            "the event: qat.profile 'strict' trains a RepOpt network with RepOptimizer, which needs the scales of its hyper-search: set "
            + "model.yolov6.scales to their file (yolov6s_v2_scale.pt of the published models), or train the network in the same run");
        SpecificationRules.Check(
            specification with { Model = new ModelSpecification { Yolov6 = new Yolov6Specification { Scales = "scales.pt" } } },
            "the event");
        SpecificationRules.Check(
            specification with { Model = new ModelSpecification { Yolov6 = new Yolov6Specification { Form = "repvgg" } } }, "the event");
    }

    [Fact]
    public void Check_Processes_MustDivideTheBatchOfTheDefaultProfile()
    {
        var model = new ModelSpecification { Yolov6 = new Yolov6Specification { Scales = "scales.pt" } };
        var good = Good with { Model = model, Data = Good.Data with { Training = Good.Data.Validation } };

        AssertRefused(
            good with { Qat = new QatSpecification { Batch = 16, Processes = 32 } },
            "the event: qat.batch 16 cannot be shared by qat.processes 32: each process takes as many images, so make the batch a multiple "
            + "of the processes");
        AssertRefused(
            good with { Qat = new QatSpecification { Profile = "strict", Processes = 2 } },
            "the event: qat.processes shares the batches of the default profile; qat.profile 'strict' trains in one process, which qat.ranks "
            + "lets stand for several: set processes to 1, or profile to 'default'");
        SpecificationRules.Check(good with { Qat = new QatSpecification { Batch = 16, Processes = 8 } }, "the event");
    }

    [Fact]
    public void Check_Hosts_GiveTheProcesses()
    {
        var good = Good with { Data = Good.Data with { Training = Good.Data.Validation } };
        void Refuses(QatSpecification qat, string message) => AssertRefused(good with { Qat = qat }, message);

        Refuses(
            new QatSpecification { Hosts = ["a:2", "b"] },
            "the event: qat.hosts is [a:2, b]: write each host as NAME:PROCESSES, such as node1:8");
        Assert.All(
            new[] { "-oProxyCommand=x:1", "a:0", "a,b:1", "a:1\n", ":1", "a:b:1" },
            host => Assert.Throws<SpecificationException>(
                () => SpecificationRules.Check(good with { Qat = new QatSpecification { Hosts = [host] } }, "the event")));
        Refuses(
            new QatSpecification { Batch = 16, Processes = 2, Hosts = ["a:8", "b:8"] },
            "the event: qat.hosts have 16 processes together, qat.processes says 2: leave processes out");
        Refuses(
            new QatSpecification { Batch = 8, Hosts = ["a:8", "b:8"] },
            "the event: qat.batch 8 cannot be shared by qat.processes 16: each process takes as many images, so make the batch a multiple of "
            + "the processes");
        var yolo = good with { Model = new ModelSpecification { Yolov6 = new Yolov6Specification { Form = "repvgg" } } };
        AssertRefused(
            yolo with { Train = new TrainSpecification { Batch = 32, Ranks = 2, Processes = 2 } },
            "the event: train.processes share what train.ranks would split in turns: leave one of them out");
        AssertRefused(
            yolo with { Train = new TrainSpecification { Batch = 32, Hosts = ["a:3"] } },
            "the event: train.batch 32 cannot be shared by train.processes 3: each process takes as many images, so make the batch a multiple "
            + "of the processes");
        var qat = new QatSpecification { Batch = 32, Hosts = ["a.example:8", "10.0.0.2:8"] };
        SpecificationRules.Check(good with { Qat = qat }, "the event");
        Assert.Equal(16, TrainingProcesses.Of(qat).Count);
        Assert.Equal([new TrainingHost("a.example", 8), new TrainingHost("10.0.0.2", 8)], TrainingProcesses.Of(qat).Hosts);
    }

    [Fact]
    public void Check_Ranks_MustBelongToTheStrictProfileAndDivideTheBatch()
    {
        var model = new ModelSpecification { Yolov6 = new Yolov6Specification { Scales = "scales.pt" } };
        var good = Good with { Model = model, Data = Good.Data with { Training = Good.Data.Validation } };

        AssertRefused(
            good with { Qat = new QatSpecification { Ranks = 8 } },
            "the event: qat.ranks sums the losses of as many batches as the published recipe has processes: set qat.profile to 'strict', "
            + "or leave it out");
        AssertRefused(
            good with { Qat = new QatSpecification { Profile = "strict", Batch = 100, Ranks = 8 } },
            "the event: qat.batch is the images of all qat.ranks together: make it a multiple of them");
        SpecificationRules.Check(good with { Qat = new QatSpecification { Profile = "strict", Batch = 128, Ranks = 8 } }, "the event");
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
