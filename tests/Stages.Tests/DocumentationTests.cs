using QatPipeline.Graphs.Onnx;

namespace QatPipeline.Stages.Tests;

public sealed class DocumentationTests
{
    [Fact]
    public void RunSpecification_NamesTheOperatorSetsThatCanBeQuantized() => Assert.Contains(
        $"opset {OnnxReader.OldestOpset}–{OnnxReader.NewestOpset}",
        File.ReadAllText(Path.Combine(TestData.RepositoryRoot, "docs", "run-specification.md")),
        StringComparison.Ordinal);
}
