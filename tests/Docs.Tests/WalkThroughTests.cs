using System.Text;
using QatPipeline.TestSupport.Infrastructure;

namespace QatPipeline.Docs.Tests;

/// <summary>Follows the documents word for word on a fresh clone: first the README, then docs/, every shell block in order.</summary>
[Trait("Category", "Slow")]
public sealed class WalkThroughTests
{
    private const string Up = "./qat up";
    private static readonly TimeSpan Limit = TimeSpan.FromHours(2);

    [Fact]
    public async Task Documents_Work_OnAFreshClone()
    {
        Assert.SkipUnless(TestData.IsAvailable, TestData.SkipReason);
        Assert.SkipUnless(RabbitMqProcess.IsAvailable, RabbitMqProcess.SkipReason);
        using var folder = new ScratchFolder();
        var clone = folder.PathOf("qatpipeline");
        await File.WriteAllTextAsync(
            folder.PathOf("walk.sh"), Script(TestData.RepositoryRoot, clone), TestContext.Current.CancellationToken);
        PrepareOwnData(folder.FullName);

        using var walk = ChildProcess.Start("bash", [folder.PathOf("walk.sh")], new Dictionary<string, string>
        {
            ["QAT_TEST_DATA"] = TestData.Root!,
            ["OWN_DATA"] = folder.FullName,
        });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var output = await walk.WaitForOutputAsync(limit.Token);

        Assert.True(output.Contains("walked through", StringComparison.Ordinal), output);
        Assert.All(["results/report.html", "results/report.json"], file => Assert.True(File.Exists(Path.Combine(clone, file)), file));
    }

    /// <summary>
    /// The blocks as they stand. Only what a person does besides typing is added: the clone, the README's specification saved beside the
    /// user's own data, and the terminal in which the system runs.
    /// </summary>
    private static string Script(string repository, string clone)
    {
        var script = new StringBuilder(
            $$"""
            set -euo pipefail
            git clone --quiet --local "{{repository}}" "{{clone}}"
            cd "{{clone}}"
            cp -r "$OWN_DATA"/own/. .
            up=
            trap '[ -z "$up" ] || { kill -TERM "$up"; wait "$up" || true; }' EXIT

            """);
        foreach (var command in Document.All
            .SelectMany(document => document.Commands)
            .Where(command => CoveredCommands.Of(command) is null))
        {
            script.Append("echo \"+ ")
                .Append(command.Replace("\"", "\\\"", StringComparison.Ordinal).Replace("$", "\\$", StringComparison.Ordinal))
                .Append("\"\n");
            script.Append(command == Up ? Background(command) : $"{command} </dev/null\n");
        }

        return script.Append("echo walked through\n").ToString();
    }

    private static string Background(string command) =>
        $$"""
        {{command}} >up.log 2>&1 </dev/null &
        up=$!
        until grep -q 'Gateway at' up.log; do
          kill -0 "$up" || { cat up.log; exit 1; }
          sleep 1
        done

        """;

    /// <summary>The README's own-data specification with the files it names: a real detector, real pictures.</summary>
    private static void PrepareOwnData(string folder)
    {
        var own = Directory.CreateDirectory(Path.Combine(folder, "own")).FullName;
        File.WriteAllText(Path.Combine(own, "my-detector.yaml"), Document.Readme.Blocks("yaml").First());
        File.Copy(TestData.PathOf("yolov6lite_s", "yolov6lite_s_320x320.onnx"), Path.Combine(own, "detector.onnx"));
        File.Copy(
            TestData.PathOf("coco128", "annotations", "instances_train2017_coco128.json"), Path.Combine(own, "train.json"));
        File.Copy(
            TestData.PathOf("coco_val2017_103", "annotations", "instances_val2017_103.json"), Path.Combine(own, "val.json"));
        var pictures = Directory.CreateDirectory(Path.Combine(own, "pictures")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(pictures, "train"), TestData.PathOf("coco128", "images", "train2017"));
        Directory.CreateSymbolicLink(Path.Combine(pictures, "val"), TestData.PathOf("coco_val2017_103", "images", "val2017"));
    }
}
