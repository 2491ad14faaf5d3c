using QatPipeline.Cli.Output;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Importing;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Model;

namespace QatPipeline.Cli.Commands;

/// <summary><c>qat lint</c>: what will stop a quantized model from running as integers.</summary>
internal static class LintCommand
{
    public static Command Create()
    {
        var model = CommandArguments.Model();
        string[] names = [.. TargetRegistry.All.Select(target => target.Name)];
        var target = new Option<string>("--target") { Description = $"One of {string.Join(", ", names)}", Required = true };
        target.AcceptOnlyFromAmong(names);
        var json = JsonOutput.CreateOption();
        var command = new Command(
            "lint",
            "Find the quantizers that stop a fusion, the tensors that are requantized and the operators that stay float, "
            + """
            each with its remedy.

            Example: qat lint detector-qdq.onnx --target ort-cpu
            """) { model, target, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var graph = ModelImporter.Read(parsed.GetRequiredValue(model));
            var report = TargetRegistry.Get(parsed.GetRequiredValue(target)).Lint(graph);
            await JsonOutput.WriteAsync(parsed, json, report, () => Print(graph, report), cancellationToken);
        });
        return command;
    }

    private static void Print(Graph graph, LintReport report)
    {
        graph.Remarks.ForEach(remark => Console.WriteLine($"remark: {remark}"));
        FindingList.Print(report.Findings);

        foreach (var group in report.Kernels.GroupBy(prediction => prediction.Kernel))
        {
            var operators = group.CountBy(prediction => prediction.OpType).Select(pair => $"{pair.Value} {pair.Key}");
            Console.WriteLine($"{group.Key}: {group.Count()} nodes ({string.Join(", ", operators)})");
        }

        if (report.Findings.Count == 0)
        {
            Console.WriteLine("nothing to remark");
        }
    }
}
