using QatPipeline.Contracts.Artifacts;
using QatPipeline.Foundation;
using QatPipeline.SystemSupport;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.EndToEnd.Ranks;

/// <summary>A small run whose training two processes share.</summary>
internal static class RankedRun
{
    public const int Processes = 2;

    /// <param name="variation">See <see cref="SmallRun.Yaml"/>.</param>
    /// <param name="epochs">Length of the training.</param>
    public static string Yaml(int variation, int epochs) =>
        SmallRun.Yaml(variation, epochs).Replace("batch: 4 }\nbuild", $"batch: 4, processes: {Processes} }}\nbuild", StringComparison.Ordinal);

    /// <summary>Makes sure that these are the artifacts of an undisturbed run of the command.</summary>
    public static async Task AssertAsCommandAsync(string yaml, IReadOnlyList<ArtifactReference> artifacts, CancellationToken cancellationToken)
    {
        using var folder = new ScratchFolder();
        await File.WriteAllTextAsync(folder.PathOf("run.yaml"), yaml, cancellationToken);
        using var command = ChildProcess.Start(
            BuiltProgram.PathOf("Cli", "qat"),
            ["run", folder.PathOf("run.yaml"), "--out", folder.PathOf("out")],
            new Dictionary<string, string>());
        var output = await command.WaitForOutputAsync(cancellationToken);
        Assert.True(command.ExitCode == 0, output);
        Assert.Contains(artifacts, artifact => artifact.Name == ArtifactNames.QatGraph);
        Assert.All(artifacts, artifact =>
            Assert.Equal(Digests.Of(File.ReadAllBytes(Path.Combine(folder.PathOf("out"), artifact.Name))), artifact.Sha256));
    }
}
