namespace QatPipeline.Docs.Tests;

/// <summary>
/// The commands that the walk through the documents (<see cref="WalkThroughTests"/>) does not run, with the test that does. Whatever a
/// document names and this table does not, the walk runs word for word.
/// </summary>
internal static class CoveredCommands
{
    /// <summary>
    /// A test, by its source file in the repository and a text in it: the test's name, or the line that runs the command.
    /// </summary>
    public sealed record Proof(string File, string Text);

    private static readonly Proof ContinuousIntegration = new(".ci/run", "./qat test");

    private static readonly Dictionary<string, Proof> Proofs = new()
    {
        // Every test project that runs was started by it.
        ["./qat test"] = ContinuousIntegration,
        ["./qat test --slow"] = ContinuousIntegration,
        ["./qat test --only Reporting"] = ContinuousIntegration,
        ["eng/bare-machine.sh ./qat run samples/demo/run.yaml --out results"] =
            new(".ci/run", "on_bare_machine ./qat run samples/demo/run.yaml --out results"),
        ["samples/triggers/publish.py"] = new("tests/AppHost.Tests/TriggerSampleTests.cs", "publish.py"),
        ["samples/triggers/publish.sh"] = new("tests/AppHost.Tests/TriggerSampleTests.cs", "publish.sh"),
        ["samples/triggers/rabbitmqadmin.sh"] = new("tests/AppHost.Tests/TriggerFileTests.cs", "rabbitmqadmin.sh"),
        ["COCO=/data/coco WEIGHTS=/data/weights ./qat run samples/yolov6s-tutorial.yaml --out tutorial"] =
            new("tests/Cli.Tests/TutorialRunTests.cs", "\"yolov6s-tutorial.yaml\""),
        ["tensorrt-delivery/build.sh"] = new("tests/Cli.Tests/TutorialRunTests.cs", "\"build.sh\""),
        ["./qat import-results tutorial tensorrt-delivery/results.json"] =
            new("tests/Cli.Tests/TutorialRunTests.cs", "\"import-results\""),
        ["./qat export yolov6s_v2_reopt_qat_43.0.pt --batch 1 --out exported"] =
            new("tests/Cli.Tests/ExportCommandTests.cs", "CheckpointWithRanges_BecomesTheFormsOfTensorRt"),
        ["./qat import-cache detector.onnx detector.cache -o detector-graph.onnx"] =
            new("tests/Cli.Tests/ImportCacheCommandTests.cs", "Pair_BecomesAGraphWithExactlyThoseScales_ForEveryTarget"),
        ["./qat build-engine detector.onnx --calib detector.cache --target tensorrt --batch 1,32 -o engines"] =
            new("tests/Cli.Tests/EngineCommandTests.cs", "BuildEngine_WithoutTrtexec_DeliversEveryBatchAndTheArgumentsAsked"),
        ["./qat dataset check set/data.yaml --part val --sheet sheet.png"] =
            new("tests/Cli.Tests/DatasetCommandTests.cs", "Check_DataYaml_PrintsWhatItFound_AndDrawsASheet"),
        ["./qat setup --tests"] = new("eng/test.sh", "setup.sh\" --tests"),
    };

    public static Proof? Of(string command) => Proofs.GetValueOrDefault(command);

    public static IReadOnlyDictionary<string, Proof> All => Proofs;
}
