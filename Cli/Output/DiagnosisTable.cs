using QatPipeline.Cli.Doctor;
using Spectre.Console;

namespace QatPipeline.Cli.Output;

/// <summary>What the doctor found, on the terminal: a table, then the remedies in words.</summary>
internal static class DiagnosisTable
{
    private const int WidthWithoutTerminal = 140;

    public static void Write(Diagnosis diagnosis)
    {
        var table = new Table();
        table.AddColumns("", "part", "what is there", "needed for");
        foreach (var finding in diagnosis.Findings)
        {
            table.AddRow(finding.Works ? "ok" : "no", finding.Name, Markup.Escape(finding.Detail), Markup.Escape(finding.NeededFor));
        }

        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = WidthWithoutTerminal;
        }

        AnsiConsole.Write(table);
        foreach (var finding in diagnosis.Findings.Where(finding => !finding.Works))
        {
            Console.WriteLine($"{finding.Name}: {finding.Remedy}");
        }

        Console.WriteLine(diagnosis.CanRun ? "./qat run can work here." : "./qat run cannot work here: see the lines above.");
    }
}
