using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.AppHost.Tests.Deployment;

/// <summary>
/// The files that describe a deployment are those of the AppHost as it is; with <c>QAT_UPDATE_DEPLOYMENT=1</c> they are written anew.
/// </summary>
public sealed class DeploymentTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly string ComposePath = Path.Combine(TestData.RepositoryRoot, "eng", "deploy", "compose.yaml");
    private static readonly string ManifestPath = Path.Combine(TestData.RepositoryRoot, "aspire-manifest.json");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Manifest_IsWhatTheAppHostPublishes()
    {
        using var folder = new ScratchFolder();
        // The manifest's paths are relative to it: it is written where the committed one lies.
        var published = Path.Combine(TestData.RepositoryRoot, $"aspire-manifest.{Guid.NewGuid():N}.json");
        try
        {
            using var host = ChildProcess.Start(
                BuiltProgram.PathOf("AppHost"), ["--publisher", "manifest", "--output-path", published],
                new Dictionary<string, string> { ["QAT_DATA"] = folder.FullName });
            var output = await host.WaitForOutputAsync(Token).WaitAsync(Patience, Token);
            Assert.True(File.Exists(published), output);

            await AssertCurrentAsync(ManifestPath, await File.ReadAllTextAsync(published, Token));
        }
        finally
        {
            File.Delete(published);
        }
    }

    [Fact]
    public async Task Compose_IsThatOfTheManifest() =>
        await AssertCurrentAsync(ComposePath, ComposeFile.Write(new Manifest(await File.ReadAllTextAsync(ManifestPath, Token))));

    private static async Task AssertCurrentAsync(string path, string expected)
    {
        if (Environment.GetEnvironmentVariable("QAT_UPDATE_DEPLOYMENT") is "1")
        {
            await File.WriteAllTextAsync(path, expected, Token);
        }

        Assert.Equal(expected, await File.ReadAllTextAsync(path, Token));
    }
}
