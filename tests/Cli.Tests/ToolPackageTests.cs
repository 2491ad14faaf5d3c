using System.IO.Compression;

namespace QatPipeline.Cli.Tests;

/// <summary>The command and the libraries as packages, packed from what was built.</summary>
public sealed class ToolPackageTests
{
    private static readonly string[] Packages =
    [
        "QatPipeline.Coco", "QatPipeline.Engines", "QatPipeline.Foundation", "QatPipeline.Graphs", "QatPipeline.Quantization",
        "QatPipeline.Tool",
    ];

    // bin/CONFIGURATION/FRAMEWORK/RUNTIME
    private static string Configuration => Directory.GetParent(AppContext.BaseDirectory)!.Parent!.Parent!.Name;

    [Fact]
    public async Task Tool_InstalledFromItsPackage_EvaluatesDetections()
    {
        using var folder = new ScratchFolder();
        await DotnetAsync(
            "pack", Path.Combine(TestData.RepositoryRoot, "QatPipeline.sln"), "--no-build", "-c", Configuration, "-o", folder.PathOf("packages"));

        Assert.Equal(Packages, PackagesIn(folder.PathOf("packages")).Select(NameOf).Order(StringComparer.Ordinal));
        Assert.All(PackagesIn(folder.PathOf("packages")), package => Assert.Contains("README.md", EntriesOf(package)));

        await DotnetAsync(
            "tool", "install", "QatPipeline.Tool", "--tool-path", folder.PathOf("bin"), "--add-source", folder.PathOf("packages"),
            "--version", "0.1.0");
        await CocoEvalFiles.WriteAsync(folder, """[{"image_id":1,"category_id":1,"bbox":[10,10,50,50],"score":0.9}]""");
        var (exitCode, output, error) = await QatProcess.RunProgramAsync(
            folder.PathOf("bin/qat"), "coco-eval", "--annotations", folder.PathOf("gt.json"), "--detections", folder.PathOf("dt.json"));

        Assert.True(exitCode == 0, error);
        Assert.StartsWith(" Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 1.000", output, StringComparison.Ordinal);
    }

    private static string[] PackagesIn(string folder) => Directory.GetFiles(folder, "*.nupkg");

    private static string NameOf(string package) => Path.GetFileName(package).Replace(".0.1.0.nupkg", "", StringComparison.Ordinal);

    private static string[] EntriesOf(string package)
    {
        using var archive = ZipFile.OpenRead(package);
        return [.. archive.Entries.Select(entry => entry.FullName)];
    }

    private static async Task DotnetAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await QatProcess.RunProgramAsync("dotnet", arguments);
        Assert.True(exitCode == 0, $"{output}\n{error}");
    }
}
