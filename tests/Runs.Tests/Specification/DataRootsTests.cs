using Microsoft.Extensions.Configuration;
using QatPipeline.Contracts.Specification;
using QatPipeline.Runs.Specification;
using QatPipeline.Runs.Tests.TestStages;

namespace QatPipeline.Runs.Tests.Specification;

public sealed class DataRootsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public DataRootsTests()
    {
        Directory.CreateDirectory(_folder.PathOf("data", "sub"));
        Directory.CreateDirectory(_folder.PathOf("data-other"));
        File.WriteAllText(_folder.PathOf("secret"), "");
        Directory.CreateSymbolicLink(_folder.PathOf("data", "out"), _folder.PathOf("data-other"));
        File.CreateSymbolicLink(_folder.PathOf("data", "file"), "../secret");
        Directory.CreateSymbolicLink(_folder.PathOf("data", "in"), "sub");
        Directory.CreateSymbolicLink(_folder.PathOf("data", "chain"), "in/../out");
        File.CreateSymbolicLink(_folder.PathOf("data", "loop"), "loop");
        Directory.CreateSymbolicLink(_folder.PathOf("link-to-data"), "data");
    }

    private DataRoots Roots => DataRoots.Of(_folder.PathOf("data"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("data", true)]
    [InlineData("data/", true)]
    [InlineData("data/sub/not-there/a.png", true)]
    [InlineData("data/in/a.png", true)]
    [InlineData("data/sub/../a.png", true)]
    [InlineData("link-to-data/a.png", true)]
    [InlineData("data/loop", true)]
    [InlineData("data-other", false)]
    [InlineData("data/out", false)]
    [InlineData("data/out/a.png", false)]
    [InlineData("data/chain/a.png", false)]
    [InlineData("data/file", false)]
    [InlineData("data/../secret", false)]
    [InlineData("data/in/../../secret", false)]
    [InlineData("data/out/../data/a.png", true)]
    [InlineData("", false)]
    public void Allows_Path_IsJudgedByWhereItLeads(string path, bool expected) =>
        Assert.Equal(expected, Roots.Allows(Path.Combine(_folder.PathOf(), path)));

    [Theory]
    [InlineData("/etc/shadow")]
    [InlineData("/proc/thread-self/cwd/../../../../../../../../etc/shadow")]
    [InlineData("/")]
    public void Allows_PathOfTheSystem_IsRefused(string path) => Assert.False(Roots.Allows(path));

    [Fact]
    public void Allows_RootThatIsALink_HoldsWhatItLeadsTo() =>
        Assert.True(DataRoots.Of(_folder.PathOf("link-to-data")).Allows(_folder.PathOf("data", "a.png")));

    [Fact]
    public void Allows_Unlimited_TakesEverything() => Assert.True(DataRoots.Unlimited.Allows("/etc/shadow"));

    [Theory]
    [InlineData("/one:/two", "/two/a", true)]
    [InlineData("/one:/two", "/three/a", false)]
    [InlineData("/", "/three/a", true)]
    [InlineData("", "/three/a", false)]
    public void From_Setting_SeparatesFolders(string setting, string path, bool expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Data:Roots", setting)]).Build();

        Assert.Equal(expected, DataRoots.From(configuration).Allows(path));
    }

    [Fact]
    public void From_RelativeFolder_IsRefused() =>
        Assert.Equal(
            "Data__Roots names 'data', but takes full paths of folders.",
            Assert.Throws<SpecificationException>(() => DataRoots.Of("data")).Message);

    [Theory]
    [InlineData("/etc/shadow", null, "/etc/shadow")]
    [InlineData("../../secret", "data/sub", "../../secret")]
    public void ParseSubmitted_PathOutside_IsRefusedAsItIsWritten(string path, string? folder, string written)
    {
        var text = $$"""
            name: outside
            model: { onnx: "{{path}}" }
            data: { calibration: [ { synthetic: {} } ], validation: [ { synthetic: {} } ] }
            qat: null
            """;

        var exception = Assert.Throws<SpecificationException>(() => RunSpecificationLoader.ParseSubmitted(
            text, "the request", Roots, folder is null ? null : Path.Combine(_folder.PathOf(), folder)));

        Assert.StartsWith(
            $"the request:2: 'model.onnx' names {written}, which lies or leads outside", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("Data__Roots", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_EveryPathOfAnEvent_IsRefusedByItsKey()
    {
        var inside = new DatasetSpecification { Yolo = _folder.PathOf("data") };
        var good = ScriptedStage.Specification() with
        {
            Model = new ModelSpecification { Onnx = _folder.PathOf("data", "m.onnx") },
            Data = new DataSpecification { Calibration = [inside], Training = [inside], Validation = [inside] },
        };
        SpecificationRules.Check(good, "the event", Roots);

        AssertRefused("model.onnx", good with { Model = new ModelSpecification { Onnx = "/etc/shadow" } });
        AssertRefused("model.yolov6.checkpoint", WithNetwork(new Yolov6Specification { Checkpoint = "/etc/shadow" }));
        AssertRefused("model.yolov6.scales", WithNetwork(new Yolov6Specification { Scales = _folder.PathOf("data", "file") }));
        AssertRefused("data.validation[1].yolo", WithSet(new DatasetSpecification { Yolo = _folder.PathOf("data", "out") }));
        AssertRefused("data.validation[1].annotations", WithSet(new DatasetSpecification { Annotations = "/etc/x", Images = "/etc" }));
        AssertRefused("build.trtexec", good with { Build = new BuildSpecification { Trtexec = "/bin/sh" } });

        RunSpecification WithNetwork(Yolov6Specification network) => good with { Model = new ModelSpecification { Yolov6 = network } };

        RunSpecification WithSet(DatasetSpecification set) => good with { Data = good.Data with { Validation = [inside, set] } };
    }

    private void AssertRefused(string key, RunSpecification specification) =>
        Assert.StartsWith(
            $"the event: '{key}' names /",
            Assert.Throws<SpecificationException>(() => SpecificationRules.Check(specification, "the event", Roots)).Message,
            StringComparison.Ordinal);
}
