using System.ComponentModel.DataAnnotations;
using System.Reflection;
using QatPipeline.Contracts.Artifacts;
using QatPipeline.Contracts.Specification;
using QatPipeline.Graphs;

namespace QatPipeline.Stages.Tests;

/// <summary>The contracts spell out the names of targets and forms for other languages; they are those of the registry.</summary>
public sealed class TargetNamesTests
{
    [Fact]
    public void Target_OfARunSpecification_AllowsTheRegisteredTargets()
    {
        var allowed = typeof(RunSpecification).GetProperty(nameof(RunSpecification.Target))!.GetCustomAttribute<AllowedValuesAttribute>()!;

        Assert.Equal(TargetRegistry.All.Select(target => target.Name), allowed.Values);
    }

    [Fact]
    public void ArtifactOf_EveryForm_IsANamedArtifact() => Assert.Equal(
        [ArtifactNames.FloatForm, ArtifactNames.OrtCpuForm, ArtifactNames.TensorRtQdqForm, ArtifactNames.TensorRtImplicitForm],
        TargetRegistry.Forms.Select(OptimizeStage.ArtifactOf));
}
