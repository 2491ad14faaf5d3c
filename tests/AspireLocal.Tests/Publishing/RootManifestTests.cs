using System.Diagnostics;

namespace QatPipeline.AspireLocal.Tests.Publishing;

public class RootManifestTests
{
    [Fact]
    public async Task RootManifest_IsWhatTheAppHostWrites()
    {
        const string Name = "aspire-manifest.json";
        using var folder = new ScratchFolder();
        // In the repository's folder, as the paths in a manifest start at its own.
        var committed = Path.Combine(TestData.RepositoryRoot, Name);
        var written = Path.Combine(TestData.RepositoryRoot, $".{Path.GetFileName(folder.FullName)}.json");
        var output = Path.GetRelativePath(Path.Combine(TestData.RepositoryRoot, "tests", "AspireLocal.Tests"), AppContext.BaseDirectory);
        var appHost = Path.Combine(TestData.RepositoryRoot, "AppHost", output, "QatPipeline.AppHost.dll");
        try
        {
            using var process = Process.Start(new ProcessStartInfo("dotnet", [appHost, "--publisher", "manifest", "--output-path", written])
            {
                WorkingDirectory = TestData.RepositoryRoot,
                RedirectStandardOutput = true,
            })!;
            var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, said);

            Assert.True(
                await File.ReadAllTextAsync(written, TestContext.Current.CancellationToken)
                    == await File.ReadAllTextAsync(committed, TestContext.Current.CancellationToken),
                $"{Name} is stale. To renew it: dotnet run --project AppHost -- --publisher manifest --output-path {Name}");
        }
        finally
        {
            File.Delete(written);
        }
    }
}
