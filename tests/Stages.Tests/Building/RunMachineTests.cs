using QatPipeline.Contracts.Specification;
using QatPipeline.Graphs.Costs;
using QatPipeline.Graphs.Model;
using QatPipeline.Runs.Execution;
using QatPipeline.Stages.Building;

namespace QatPipeline.Stages.Tests.Building;

public sealed class RunMachineTests
{
    [Fact]
    public void MachineNames_AreThoseOfTheShippedProfiles() =>
        Assert.Equal([MachineNames.Avx2, MachineNames.Avx512Vnni], MachineProfiles.Shipped.Select(profile => profile.Name));

    [Theory]
    [InlineData(MachineNames.Avx2)]
    [InlineData(MachineNames.Avx512Vnni)]
    public void Of_ShippedName_IsThatProfile(string name) => Assert.Equal(name, Of(name).Name);

    [Fact]
    public void Of_Nothing_IsTheShippedOneThatFitsTheProcessor() =>
        Assert.Same(MachineProfiles.OfThisProcessor, RunMachine.Of(new BuildSpecification()));

    [Fact]
    public void Of_File_IsWhatItHolds()
    {
        using var folder = new ScratchFolder();
        var path = folder.PathOf("edge.json");
        File.WriteAllBytes(path, (MachineProfiles.Avx2 with { Name = "edge", WeightBits = 8 }).Write());

        Assert.Equal(("edge", 8), (Of(path).Name, Of(path).WeightBits));
    }

    [Fact]
    public void Of_FileThatIsNoProfile_IsAnErrorThatNamesIt()
    {
        using var folder = new ScratchFolder();
        var path = folder.PathOf("edge.json");
        File.WriteAllText(path, "[]");

        Assert.Contains("edge.json", Assert.Throws<GraphException>(() => Of(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_MissingFile_SaysWhatCanBeNamed() => Assert.Contains(
        "auto, here, avx2, avx512-vnni", Assert.Throws<StageInputException>(() => Of("/no/such.json")).Message, StringComparison.Ordinal);

    private static MachineProfile Of(string machine) => RunMachine.Of(new BuildSpecification { Machine = machine });
}
