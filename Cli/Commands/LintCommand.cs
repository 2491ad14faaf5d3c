using QatPipeline.Cli.Output;
using QatPipeline.Graphs;
using QatPipeline.Graphs.Linting;
using QatPipeline.Graphs.Onnx;

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
            var report = TargetRegistry.Get(parsed.GetRequiredValue(target)).Lint(OnnxReader.Read(parsed.GetRequiredValue(model)));
            await JsonOutput.WriteAsync(parsed, json, report, () => Print(report), cancellationToken);
        });
        return command;
    }

    private static void Print(LintReport report)
    {
        foreach (var finding in report.Findings)
        {
            Console.WriteLine($"{finding.Severity,-8}{finding.Code}  {string.Join(", ", finding.Nodes)}");
            Console.WriteLine($"        {finding.Effect}");
            Console.WriteLine($"        remedy: {finding.Remedy}");
        }

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
