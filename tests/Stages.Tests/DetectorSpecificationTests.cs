using System.ComponentModel.DataAnnotations;
using System.Reflection;
using QatPipeline.Contracts.Specification;
using QatPipeline.Detectors.Outputs;
using QatPipeline.Detectors.Recognition;

namespace QatPipeline.Stages.Tests;

/// <summary>What a specification can name, what the library knows, and what the documentation lists.</summary>
public sealed class DetectorSpecificationTests
{
    private static readonly string[] Known =
        [.. DetectorFamilies.All.Keys, .. Enum.GetValues<OutputLayout>().Select(DetectorRecognition.NameOf)];

    [Fact]
    public void Layout_AllowsTheFamiliesAndTheLayouts()
    {
        var allowed = typeof(DetectorSpecification).GetProperty(nameof(DetectorSpecification.Layout))!.GetCustomAttribute<AllowedValuesAttribute>()!;
        Assert.Equal(Known.Order(), allowed.Values.Cast<string>().Order());
    }

    [Fact]
    public void Documentation_ListsTheFamiliesAndTheLayouts()
    {
        var text = File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "docs", "detectors.md"));
        Assert.All(Known, name => Assert.Contains($"`{name}`", text, StringComparison.Ordinal));
    }
}
