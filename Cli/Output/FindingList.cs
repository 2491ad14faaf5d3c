using QatPipeline.Graphs.Linting;

namespace QatPipeline.Cli.Output;

/// <summary>Findings as text: what, where, its effect and its remedy.</summary>
internal static class FindingList
{
    public static void Print(IEnumerable<LintFinding> findings)
    {
        foreach (var finding in findings)
        {
            Console.WriteLine($"{finding.Severity,-8}{finding.Code}  {string.Join(", ", finding.Nodes)}");
            Console.WriteLine($"        {finding.Effect}");
            Console.WriteLine($"        remedy: {finding.Remedy}");
        }
    }
}
